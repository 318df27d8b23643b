//! The folder that the benchmark `deploy` sends, made from a fixed seed, and the commands that send it.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

use build_output::{BuildOutput, Content};
use sandbox::Sandbox;

use super::random::Random;
use crate::Error;

/// Folders that the files lie in.
const FOLDERS: usize = 40;

/// Sizes are lognormal around e^8.815 bytes, which makes about 20 MB, and never outside these.
const CENTRE: f64 = 8.815;
const SPREAD: f64 = 0.9;
const LIMITS: [f64; 2] = [200.0, 200_000.0];

/// A build output and where it goes.
pub(super) struct Site {
    folder: PathBuf,
    files: Vec<PathBuf>,
    /// How often the contents were renewed.
    renewed: AtomicU64,
    variables: Vec<(&'static str, String)>,
    api: String,
}

impl Site {
    /// Writes so many files, config.json among them.
    pub(super) fn new(folder: &Path, sandbox: &Sandbox, files: usize) -> Result<Self, Error> {
        let vercel = &sandbox.vercel;
        let _ = fs::remove_dir_all(folder);
        let output = folder.join(".vercel/output");
        let home = folder.join("home");
        fs::create_dir_all(&home).map_err(Error::write(&home))?;
        let mut random = Random(7);
        let mut paths = Vec::with_capacity(files);
        for number in 0..files.saturating_sub(1) {
            let path = output.join(format!("static/{}/{number}.js", number % FOLDERS));
            write(&path, &content(&mut random))?;
            paths.push(path);
        }
        write(&output.join("config.json"), b"{\"version\":3}")?;
        Ok(Self {
            folder: folder.to_owned(),
            files: paths,
            renewed: AtomicU64::new(0),
            variables: vec![
                ("VERCEL_API_URL", vercel.api_url()),
                ("VERCEL_TOKEN", vercel.token()),
                ("VERCEL_ORG_ID", vercel.org_id()),
                ("VERCEL_PROJECT_ID", vercel.project_id()),
                ("VERCEL_TELEMETRY_DISABLED", "1".to_owned()),
                ("CI", "1".to_owned()),
                // Not the folder itself: the CLI asks whether a home is really to be deployed, and ends well without an answer.
                ("HOME", home.to_string_lossy().into_owned()),
            ],
            api: vercel.api_url(),
        })
    }

    /// Gives every file a first line that it never had, so that no content is known to the server.
    pub(super) fn renew(&self) -> Result<(), Error> {
        let round = self.renewed.fetch_add(1, Ordering::Relaxed);
        for path in &self.files {
            let mut bytes = fs::read(path).map_err(Error::read(path))?;
            let line = format!("//{round:010}\n");
            if let Some(start) = bytes.get_mut(..line.len()) {
                start.copy_from_slice(line.as_bytes());
            }
            fs::write(path, bytes).map_err(Error::write(path))?;
        }
        Ok(())
    }

    /// Our deploy of it: file by file, or as an archive.
    pub(super) fn ours(&self, program: &Path, archive: &str) -> Command {
        let arguments = [
            "vercel-deploy",
            "--github-deployment",
            "off",
            "--archive",
            archive,
        ];
        self.command(program, &arguments)
    }

    /// The CLI's.
    pub(super) fn cli(&self, program: &Path) -> Command {
        self.command(
            program,
            &["deploy", "--prebuilt", "--yes", "--api", &self.api],
        )
    }

    /// Uploads of every file, and nothing else.
    pub(super) fn curl(&self, program: &Path) -> Result<Command, Error> {
        let config = self.folder.join("curl.txt");
        let output = BuildOutput::open(self.folder.join(".vercel/output"))
            .map_err(|error| Error::Unknown(error.to_string()))?;
        let file = File::create(&config).map_err(Error::write(&config))?;
        let mut file = BufWriter::new(file);
        let token = self.value("VERCEL_TOKEN");
        let url = format!(
            "{}/v2/files?teamId={}",
            self.api.trim_end_matches('/'),
            self.value("VERCEL_ORG_ID")
        );
        // A `next` at the end would begin a transfer without an address.
        let mut next = "";
        for entry in output.entries() {
            let Content::File(path) = output.content(entry) else {
                continue;
            };
            let (sha1, bytes, path) = (entry.sha1_hex(), entry.bytes, path.display());
            let written = write!(
                file,
                "{next}url = \"{url}\"\nrequest = POST\ndata-binary = \"@{path}\"\noutput = /dev/null\nheader = \"authorization: Bearer {token}\"\nheader = \"content-type: application/octet-stream\"\nheader = \"x-now-digest: {sha1}\"\nheader = \"x-vercel-digest: {sha1}\"\nheader = \"x-now-size: {bytes}\"\n"
            );
            written.map_err(Error::write(&config))?;
            next = "next\n";
        }
        file.flush().map_err(Error::write(&config))?;
        let config = config.to_string_lossy().into_owned();
        let arguments = [
            "--no-progress-meter",
            "--fail",
            "-Z",
            "--parallel-max",
            "50",
            "-K",
            &config,
        ];
        Ok(self.command(program, &arguments))
    }

    fn value(&self, name: &str) -> &str {
        let found = self.variables.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.folder)
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::write(folder))?;
    }
    fs::write(path, bytes).map_err(Error::write(path))
}

/// Half noise, half text, as bundles and images are.
fn content(random: &mut Random) -> Vec<u8> {
    let size = random.size(CENTRE, SPREAD, LIMITS);
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size / 2 {
        bytes.extend_from_slice(&random.next().to_le_bytes());
    }
    while bytes.len() < size {
        bytes.extend_from_slice(b"export const setlist = [];\n");
    }
    bytes.truncate(size);
    bytes
}
