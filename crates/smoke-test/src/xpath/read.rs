//! Bodies as documents: HTML as browsers read it, XML as it is written. Nothing is fetched and no entity is defined.

use quick_xml::{
    NsReader,
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
};
use scraper::{Html, Node};
use xpath_eval::NodeKind;

use super::page::{Builder, Page, TOO_LARGE};

/// The most attributes of an element; its reader compares each with all others.
const MOST_ATTRIBUTES: usize = 1000;
/// The deepest element; each looks its prefix up in those it stands in.
const DEEPEST: usize = 1000;

/// An HTML document. Elements have no namespace, so that `//svg` finds one.
///
/// # Errors
/// When it has too many nodes.
pub(super) fn html(document: &Html) -> Result<Page, String> {
    let mut builder = Builder::new();
    let root = document.tree.root();
    let mut open = vec![root.id()];
    for node in root.descendants().skip(1) {
        let parent = node.parent().map(|parent| parent.id());
        while open.len() > 1 && open.last().copied() != parent {
            if let Some(closed) = open.pop().and_then(|id| document.tree.get(id))
                && closed.value().is_element()
            {
                builder.close();
            }
        }
        match node.value() {
            Node::Element(element) => {
                builder.element(element.name(), None)?;
                for (name, value) in element.attrs() {
                    builder.attribute(name, None, value)?;
                }
            }
            Node::Text(text) => builder.leaf(NodeKind::Text, "", text)?,
            Node::Comment(comment) => builder.leaf(NodeKind::Comment, "", comment)?,
            // The content of a template stands within it.
            Node::Document | Node::Fragment | Node::Doctype(_) => {}
            Node::ProcessingInstruction(instruction) => {
                let kind = NodeKind::ProcessingInstruction;
                builder.leaf(kind, &instruction.target, &instruction.data)?;
            }
        }
        open.push(node.id());
    }
    Ok(builder.finish())
}

/// An XML document.
///
/// # Errors
/// Where it is not well-formed, defines entities or has too many nodes.
pub(super) fn xml(text: &str) -> Result<Page, String> {
    let mut reader = NsReader::from_str(text);
    let mut reading = Reading {
        builder: Builder::new(),
        text: String::new(),
        depth: 0,
        rooted: false,
    };
    loop {
        let event = reader.read_event();
        let position = reader.error_position();
        let event =
            event.map_err(|error| format!("the body is no XML ({error} at byte {position})"))?;
        match event {
            Event::Start(tag) => reading.open(&tag, &reader)?,
            Event::Empty(tag) => {
                reading.open(&tag, &reader)?;
                reading.close()?;
            }
            Event::End(_) => reading.close()?,
            Event::Text(text) => reading.text.push_str(&text.xml10_content()),
            Event::CData(text) => reading.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                match (
                    reference.resolve_char_ref(),
                    quick_xml::escape::resolve_predefined_entity(name),
                ) {
                    (Ok(Some(character)), _) => reading.text.push(character),
                    (_, Some(text)) => reading.text.push_str(text),
                    _ => return Err(format!("the body is no XML (`&{name};` is not defined)")),
                }
            }
            Event::Comment(comment) => {
                reading.flush()?;
                let content = comment.xml10_content();
                reading.builder.leaf(NodeKind::Comment, "", &content)?;
            }
            Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
            Event::Eof if reading.depth > 0 => {
                return Err("the body is no XML (an element is not closed)".to_owned());
            }
            Event::Eof if !reading.rooted => {
                return Err("the body is no XML (it has no element)".to_owned());
            }
            Event::Eof => return Ok(reading.builder.finish()),
        }
    }
}

struct Reading {
    builder: Builder,
    /// The text so far, in one piece whatever it is written with.
    text: String,
    depth: usize,
    rooted: bool,
}

impl Reading {
    fn flush(&mut self) -> Result<(), String> {
        let text = std::mem::take(&mut self.text);
        if self.depth > 0 && !text.is_empty() {
            self.builder.leaf(NodeKind::Text, "", &text)?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        self.flush()?;
        self.depth = self.depth.saturating_sub(1);
        self.builder.close();
        Ok(())
    }

    fn open(&mut self, tag: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> Result<(), String> {
        self.flush()?;
        if self.depth >= DEEPEST {
            return Err(TOO_LARGE.to_owned());
        }
        if self.depth == 0 && self.rooted {
            return Err("the body is no XML (it has two outermost elements)".to_owned());
        }
        let bad = |error: &dyn std::fmt::Display| format!("the body is no XML ({error})");
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| bad(&error))?;
            if attributes.len() >= MOST_ATTRIBUTES {
                return Err(TOO_LARGE.to_owned());
            }
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| bad(&error))?;
            attributes.push((attribute.key, value));
        }
        for (key, value) in &attributes {
            match key.as_namespace_binding() {
                Some(quick_xml::name::PrefixDeclaration::Default) => {
                    self.builder.bind(Some("_"), value)?;
                }
                Some(quick_xml::name::PrefixDeclaration::Named(prefix)) => {
                    self.builder.bind(Some(prefix), value)?;
                }
                None => {}
            }
        }
        let resolver = reader.resolver();
        let (namespace, local) = resolver.resolve_element(tag.name());
        self.builder.element(local.as_ref(), bound(&namespace)?)?;
        for (key, value) in &attributes {
            if key.as_namespace_binding().is_none() {
                let (namespace, local) = resolver.resolve_attribute(*key);
                self.builder
                    .attribute(local.as_ref(), bound(&namespace)?, value)?;
            }
        }
        self.depth += 1;
        self.rooted = true;
        Ok(())
    }
}

fn bound<'n>(result: &ResolveResult<'n>) -> Result<Option<&'n str>, String> {
    match result {
        ResolveResult::Bound(Namespace(uri)) => Ok(Some(uri)),
        ResolveResult::Unbound => Ok(None),
        ResolveResult::Unknown(prefix) => Err(format!(
            "the body is no XML (the prefix `{prefix}` is not declared)"
        )),
    }
}
