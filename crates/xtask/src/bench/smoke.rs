//! A thousand requests with an assertion each, to nginx on loopback: `stagegate smoke-test` against Hurl and Step CI.

mod promises;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::measure::{alone, interleaved};
use super::report::{Row, Sample, Side, median};
use super::start_up::{build, version};
use crate::{Error, peers};

const NAME: &str = "smoke";
const HURL: &str = "hurl --jobs 10";
const STEP_CI: &str = "stepci";
/// What nginx serves and every check looks for.
const BODY: &str = "Set lists of last night\n";

pub(super) fn run(root: &Path) -> Result<Vec<Row>, Error> {
    let Ok(nginx) = which::which("nginx") else {
        let why = "nginx, which both sides ask, is not installed";
        return Ok(vec![Row::missing(NAME, "1000 checks", why)]);
    };
    let ours = build(root)?;
    let folder = tempfile::tempdir().map_err(Error::write(Path::new("a temporary folder")))?;
    let server = Server::start(&nginx, folder.path())?;
    let mut rows = Vec::new();
    for count in [100, 1000] {
        let suite = Suite::write(&folder.path().join(count.to_string()), count, &server.url)?;
        for (name, peer) in [(HURL, hurl(root)), (STEP_CI, step_ci(root))] {
            let case = format!("{count} checks / {name}");
            let us = || suite.ours(&ours, &server.url);
            rows.push(match peer {
                Ok(peer) => {
                    let (us, them) = interleaved(us, || (peer.start)(&suite))?;
                    let us = side("stagegate smoke-test", version(&ours), &us)?;
                    Row::measured(NAME, &case, us, side(name, peer.version, &them)?)
                }
                Err(why) => {
                    let us = side("stagegate smoke-test", version(&ours), &alone(us)?)?;
                    Row {
                        ours: Some(us),
                        ..Row::missing(NAME, &case, &why)
                    }
                }
            });
        }
    }
    for line in promises::judge(&rows) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    Ok(rows)
}

fn side(name: &str, version: String, samples: &[Sample]) -> Result<Side, Error> {
    let median =
        median(samples).ok_or_else(|| Error::Unknown("nothing was measured".to_owned()))?;
    Ok(Side {
        name: name.to_owned(),
        version,
        median,
    })
}

struct Peer {
    version: String,
    start: Box<Start>,
}

/// How a peer is started on a suite.
type Start = dyn Fn(&Suite) -> Command;

fn hurl(root: &Path) -> Result<Peer, String> {
    let program = peers::program(root, "hurl")
        .ok_or("hurl is not installed: `cargo install hurl --locked --root .peers/hurl`")?;
    let output = Command::new(&program).arg("--version").output().ok();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let version = text
        .as_deref()
        .and_then(|text| text.split_whitespace().nth(1))
        .unwrap_or_default()
        .to_owned();
    Ok(Peer {
        version,
        start: Box::new(move |suite| {
            let mut command = Command::new(&program);
            command
                .args(["--test", "--jobs", "10"])
                .arg(suite.folder.join("hurl"));
            command
        }),
    })
}

fn step_ci(root: &Path) -> Result<Peer, String> {
    let folder = peers::install(root, STEP_CI).map_err(|error| error.to_string())?;
    Ok(Peer {
        version: "2.8.2".to_owned(),
        start: Box::new(move |suite| {
            let mut command = Command::new(folder.join("node_modules/.bin/stepci"));
            command
                .arg("run")
                .arg(suite.folder.join("stepci.yml"))
                .env("STEPCI_DISABLE_ANALYTICS", "1");
            command
        }),
    })
}

/// The same checks in the form of each program.
struct Suite {
    folder: PathBuf,
}

impl Suite {
    fn write(folder: &Path, count: usize, url: &str) -> Result<Self, Error> {
        let body = BODY.trim();
        let mut ours = "smoke:\n  checks:\n".to_owned();
        let mut step_ci = format!(
            "version: \"1.1\"\nname: bench\nenv:\n  host: {url}\ntests:\n  all:\n    steps:\n"
        );
        let hurl = folder.join("hurl");
        fs::create_dir_all(&hurl).map_err(Error::write(&hurl))?;
        for number in 0..count {
            let _ = write!(
                ours,
                "    - path: /?n={number}\n      expect: {{status: 200, body: {{contains: {body}}}}}\n"
            );
            let _ = write!(
                step_ci,
                "      - name: n{number}\n        http:\n          url: {url}/?n={number}\n          method: GET\n          check:\n            status: 200\n            body: /{body}/\n"
            );
            let path = hurl.join(format!("{number:04}.hurl"));
            let text =
                format!("GET {url}/?n={number}\nHTTP 200\n[Asserts]\nbody contains \"{body}\"\n");
            fs::write(&path, text).map_err(Error::write(&path))?;
        }
        for (name, text) in [("stagegate.yml", ours), ("stepci.yml", step_ci)] {
            let path = folder.join(name);
            fs::write(&path, text).map_err(Error::write(&path))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    fn ours(&self, program: &Path, url: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).args([
            "smoke-test",
            "--format",
            "human",
            "--config",
            "stagegate.yml",
            "--url",
            url,
        ]);
        command
    }
}

/// nginx with one worker, ended when it goes out of scope.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(program: &Path, folder: &Path) -> Result<Self, Error> {
        let fail = |error: std::io::Error| Error::Program {
            program: "nginx".to_owned(),
            message: error.to_string(),
        };
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(fail)?
            .port();
        let site = folder.join("site");
        fs::create_dir_all(&site).map_err(Error::write(&site))?;
        let page = site.join("index.html");
        fs::write(&page, BODY).map_err(Error::write(&page))?;
        let at = |name: &str| folder.join(name).display().to_string();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("  {kind}_temp_path {};\n", at(kind)))
            .concat();
        let config = format!(
            "daemon off;\nmaster_process off;\npid {};\nerror_log {};\nevents {{}}\nhttp {{\n  access_log off;\n{temporary}  keepalive_requests 100000;\n  server {{\n    listen 127.0.0.1:{port};\n    root {};\n  }}\n}}\n",
            at("nginx.pid"),
            at("error.log"),
            site.display()
        );
        let path = folder.join("nginx.conf");
        fs::write(&path, config).map_err(Error::write(&path))?;
        let child = Command::new(program)
            .arg("-p")
            .arg(folder)
            .arg("-e")
            .arg(folder.join("error.log"))
            .arg("-c")
            .arg(&path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(fail)?;
        let server = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if started.elapsed() > Duration::from_secs(10) {
                let log = fs::read_to_string(folder.join("error.log")).unwrap_or_default();
                return Err(Error::Program {
                    program: "nginx".to_owned(),
                    message: format!("does not listen: {log}"),
                });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is gone already, or it goes now; there is nothing else to do about it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
