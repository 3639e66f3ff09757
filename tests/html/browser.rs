//! A headless Chromium driven over its DevTools protocol, by as little code as does it: a WebSocket over TCP.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(120);

/// The browser's program, if it is installed.
pub(crate) fn find() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// One page in a browser of its own, which ends with it.
pub(crate) struct Browser {
    process: Child,
    socket: RefCell<TcpStream>,
    next: Cell<u64>,
}

impl Browser {
    /// Starts the browser on a page. `folder` is where it may keep its profile.
    pub(crate) fn open(program: &Path, folder: &Path, url: &str) -> Browser {
        let profile = folder.join("profile");
        let process = Command::new(program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args(["--remote-debugging-port=0", "--remote-allow-origins=*", "--window-size=1280,1000"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(url)
            .env("HOME", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        let socket = loop {
            assert!(start.elapsed() < PATIENCE, "the browser does not answer");
            if let Some(socket) = connect(&profile) {
                break socket;
            }
            sleep(Duration::from_millis(50));
        };
        Browser { process, socket: RefCell::new(socket), next: Cell::new(1) }
    }

    /// Runs statements.
    pub(crate) fn run(&self, script: &str) {
        self.evaluate(&format!("(async () => {{ {script}; return ''; }})()"));
    }

    /// The value of an expression, as text.
    pub(crate) fn text(&self, expression: &str) -> String {
        self.evaluate(&format!("(async () => String({expression}))()"))
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_for(&self, expression: &str) {
        let start = Instant::now();
        while self.text(expression) != "true" {
            assert!(start.elapsed() < PATIENCE, "never true: {expression}");
            sleep(Duration::from_millis(30));
        }
    }

    fn evaluate(&self, expression: &str) -> String {
        let id = self.next.replace(self.next.get() + 1);
        let order = json!({"id": id, "method": "Runtime.evaluate",
            "params": {"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true}});
        let mut socket = self.socket.borrow_mut();
        send(&mut socket, &order.to_string());
        loop {
            let answer: Value = serde_json::from_slice(&receive(&mut socket)).unwrap();
            if answer["id"] == id {
                assert!(answer["result"].get("exceptionDetails").is_none(), "{expression}: {answer}");
                return answer["result"]["result"]["value"].as_str().unwrap_or_default().to_owned();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Connects to the page's debugger once the browser has said where it listens and has the page.
fn connect(profile: &Path) -> Option<TcpStream> {
    let said = fs::read_to_string(profile.join("DevToolsActivePort")).ok()?;
    let port: u16 = said.lines().next()?.parse().ok()?;
    let mut http = TcpStream::connect(("127.0.0.1", port)).ok()?;
    http.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(http, "GET /json/list HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let mut answer = String::new();
    let mut reader = BufReader::new(http);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.take(length).read_to_string(&mut answer).ok()?;
    let pages: Value = serde_json::from_str(&answer).ok()?;
    let page = pages
        .as_array()?
        .iter()
        .find(|p| p["type"] == "page" && p["url"].as_str().is_some_and(|u| u.starts_with("file:")))?;
    let path = page["webSocketDebuggerUrl"].as_str()?.split_once("//")?.1.split_once('/')?.1.to_owned();
    let mut socket = TcpStream::connect(("127.0.0.1", port)).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(
        socket,
        "GET /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    .ok()?;
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    head.starts_with(b"HTTP/1.1 101").then_some(socket)
}

/// Sends one text message; a client must mask, and a mask of zeros does.
fn send(socket: &mut TcpStream, text: &str) {
    let mut frame = vec![0x81];
    match text.len() {
        n if n < 126 => frame.push(0x80 | n as u8),
        n if n < 1 << 16 => {
            frame.push(0x80 | 0x7e);
            frame.extend((n as u16).to_be_bytes());
        }
        n => {
            frame.push(0x80 | 0x7f);
            frame.extend((n as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    socket.write_all(&frame).unwrap();
}

/// Receives one message, in however many frames.
fn receive(socket: &mut TcpStream) -> Vec<u8> {
    let mut message = Vec::new();
    loop {
        let mut head = [0; 2];
        socket.read_exact(&mut head).unwrap();
        let mut length = u64::from(head[1] & 0x7f);
        if length == 126 {
            let mut long = [0; 2];
            socket.read_exact(&mut long).unwrap();
            length = u64::from(u16::from_be_bytes(long));
        } else if length == 127 {
            let mut long = [0; 8];
            socket.read_exact(&mut long).unwrap();
            length = u64::from_be_bytes(long);
        }
        let mut data = vec![0; usize::try_from(length).unwrap()];
        socket.read_exact(&mut data).unwrap();
        // Continuations and texts are ours; pings and the like are passed over.
        if matches!(head[0] & 0x0f, 0..=2) {
            message.extend(data);
            if head[0] & 0x80 != 0 {
                return message;
            }
        }
    }
}
