//! A document as XPath sees it: one list of nodes in document order, so that order is a comparison of numbers and a subtree a
//! range. Whoever walks it pays for each step; when nothing is left, the walk ends early and the answer is refused.

use std::{cell::Cell, cmp::Ordering};

use xpath_eval::{Document, ExpandedName, Node, NodeKind};

/// The largest number of nodes; a body of the largest size with more of them is nothing people wrote.
const MOST: usize = 250_000;
/// The largest number of namespaces, for the same reason.
const MOST_NAMESPACES: usize = 100;
/// Why a body is no document.
pub(super) const TOO_LARGE: &str = "the body has too many parts for XPath";

/// A document.
#[derive(Debug)]
pub struct Page {
    nodes: Vec<Data>,
    /// Prefixes and namespaces; `_` is the first default namespace.
    prefixes: Vec<(String, String)>,
    /// Steps that are left of an evaluation.
    left: Cell<u64>,
}

#[derive(Debug)]
struct Data {
    kind: NodeKind,
    parent: u32,
    /// How many attributes follow.
    attributes: u32,
    /// Behind the last node within it.
    end: u32,
    name: Box<str>,
    namespace: Option<u32>,
    text: Box<str>,
}

/// Makes a [`Page`] from what a parser tells in document order. Its errors are that there is too much.
pub(super) struct Builder {
    page: Page,
    open: Vec<u32>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let root = Data {
            kind: NodeKind::Root,
            parent: 0,
            attributes: 0,
            end: 1,
            name: "".into(),
            namespace: None,
            text: "".into(),
        };
        Self {
            page: Page {
                nodes: vec![root],
                prefixes: Vec::new(),
                left: Cell::new(0),
            },
            open: vec![0],
        }
    }

    fn push(
        &mut self,
        kind: NodeKind,
        name: &str,
        namespace: Option<&str>,
        text: &str,
    ) -> Result<u32, String> {
        if self.page.nodes.len() >= MOST {
            return Err(TOO_LARGE.to_owned());
        }
        let namespace = match namespace {
            Some(uri) => Some(self.bind(None, uri)?),
            None => None,
        };
        let index = u32::try_from(self.page.nodes.len()).unwrap_or(u32::MAX);
        self.page.nodes.push(Data {
            kind,
            parent: self.open.last().copied().unwrap_or_default(),
            attributes: 0,
            end: index + 1,
            name: name.into(),
            namespace,
            text: text.into(),
        });
        Ok(index)
    }

    /// Opens an element; its attributes and children follow.
    pub(super) fn element(&mut self, name: &str, namespace: Option<&str>) -> Result<(), String> {
        let index = self.push(NodeKind::Element, name, namespace, "")?;
        self.open.push(index);
        Ok(())
    }

    /// An attribute of the element just opened.
    pub(super) fn attribute(
        &mut self,
        name: &str,
        namespace: Option<&str>,
        value: &str,
    ) -> Result<(), String> {
        self.push(NodeKind::Attribute, name, namespace, value)?;
        if let Some(owner) = self.open.last() {
            self.page.nodes[*owner as usize].attributes += 1;
        }
        Ok(())
    }

    /// A text, comment or processing instruction.
    pub(super) fn leaf(&mut self, kind: NodeKind, name: &str, text: &str) -> Result<(), String> {
        self.push(kind, name, None, text).map(drop)
    }

    /// Closes the element opened last; the root stays open.
    pub(super) fn close(&mut self) {
        if self.open.len() > 1 {
            self.end();
        }
    }

    fn end(&mut self) {
        if let Some(index) = self.open.pop() {
            let end = u32::try_from(self.page.nodes.len()).unwrap_or(u32::MAX);
            self.page.nodes[index as usize].end = end;
        }
    }

    /// Keeps a namespace, and its prefix unless that is taken.
    pub(super) fn bind(&mut self, prefix: Option<&str>, uri: &str) -> Result<u32, String> {
        let known = &mut self.page.prefixes;
        let found = known.iter().position(|(name, namespace)| {
            namespace == uri && prefix.is_none_or(|prefix| prefix == name)
        });
        if found.is_none() && known.len() >= MOST_NAMESPACES {
            return Err(TOO_LARGE.to_owned());
        }
        let index = found.unwrap_or_else(|| {
            known.push((prefix.unwrap_or_default().to_owned(), uri.to_owned()));
            known.len() - 1
        });
        Ok(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(super) fn finish(mut self) -> Page {
        while !self.open.is_empty() {
            self.end();
        }
        self.page
    }
}

impl Page {
    /// Allows an evaluation so many steps.
    pub(super) fn allow(&self, steps: u64) {
        self.left.set(steps);
    }

    /// Whether no steps are left.
    pub(super) fn exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// The namespace of a prefix.
    pub(super) fn namespace(&self, prefix: &str) -> Option<String> {
        let (_, uri) = self.prefixes.iter().find(|(name, _)| name == prefix)?;
        Some(uri.clone())
    }

    /// Takes steps; whether they were left.
    fn spend(&self, steps: usize) -> bool {
        let left = self.left.get().saturating_sub(steps as u64);
        self.left.set(left);
        left > 0
    }

    fn at(&self, index: u32) -> At<'_> {
        At { page: self, index }
    }
}

impl Document for Page {
    type N<'a> = At<'a>;

    fn root(&self) -> At<'_> {
        self.at(0)
    }
}

/// A node of a page.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    page: &'a Page,
    index: u32,
}

impl PartialEq for At<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for At<'_> {}

impl<'a> At<'a> {
    fn data(self) -> &'a Data {
        &self.page.nodes[self.index as usize]
    }

    fn namespace(self) -> Option<&'a str> {
        let index = self.data().namespace?;
        let (_, uri) = self.page.prefixes.get(index as usize)?;
        Some(uri)
    }
}

impl<'a> Node<'a> for At<'a> {
    fn kind(self) -> NodeKind {
        self.data().kind
    }

    fn parent(self) -> Option<Self> {
        // Of an attribute always: the evaluation relies on its owner.
        let goes_on = self.page.spend(1) || self.data().kind == NodeKind::Attribute;
        (self.index > 0 && goes_on).then(|| self.page.at(self.data().parent))
    }

    fn children(self) -> impl Iterator<Item = Self> + 'a {
        let data = self.data();
        let mut next = self.index + 1 + data.attributes;
        std::iter::from_fn(move || {
            let child = (next < data.end && self.page.spend(1)).then(|| self.page.at(next))?;
            next = child.data().end;
            Some(child)
        })
    }

    fn attributes(self) -> impl Iterator<Item = Self> + 'a {
        let first = self.index + 1;
        (first..first + self.data().attributes)
            .take_while(move |_| self.page.spend(1))
            .map(move |index| self.page.at(index))
    }

    fn namespaces(self) -> impl Iterator<Item = Self> + 'a {
        std::iter::empty()
    }

    fn expanded_name(self) -> Option<ExpandedName> {
        (!self.data().name.is_empty()).then(|| ExpandedName {
            namespace_uri: self.namespace().map(str::to_owned),
            local_name: self.data().name.to_string(),
        })
    }

    fn has_expanded_name(self, namespace_uri: Option<&str>, local_name: &str) -> bool {
        &*self.data().name == local_name && self.namespace() == namespace_uri
    }

    fn string_value(self) -> String {
        let data = self.data();
        if !matches!(data.kind, NodeKind::Root | NodeKind::Element) {
            return self.with_string_value(str::to_owned);
        }
        let mut whole = String::new();
        for node in &self.page.nodes[self.index as usize..data.end as usize] {
            let text = node.kind == NodeKind::Text;
            // Steps are cheap and bytes are kept: 16 of them cost one.
            if !self
                .page
                .spend(1 + if text { node.text.len() / 16 } else { 0 })
            {
                return String::new();
            }
            if text {
                whole.push_str(&node.text);
            }
        }
        whole
    }

    fn with_string_value<R>(self, look: impl FnOnce(&str) -> R) -> R {
        let data = self.data();
        if matches!(data.kind, NodeKind::Root | NodeKind::Element) {
            return look(&self.string_value());
        }
        let paid = self.page.spend(1 + data.text.len() / 16);
        look(if paid { &data.text } else { "" })
    }

    fn document_order(self, other: Self) -> Ordering {
        self.index.cmp(&other.index)
    }

    fn is_id_attribute(self) -> bool {
        self.data().kind == NodeKind::Attribute && &*self.data().name == "id"
    }
}
