//! The county: its ledger on a port. `init` once, `run` from then on; `enrolment-code` for every new device, `backup`
//! every night, `restore` on the day it is needed.

mod backup;
mod certificate;
mod county;
mod enrolment;
mod errand;
mod exchange_door;
mod failure;
mod home;
mod inspection_door;
mod limits;
mod metrics;
mod office_door;
mod recovery_key;
mod running;
mod verifying;

use clap::{Parser, Subcommand};
use enrolment::CodeWanted;
use errand::Errand;
use failure::Result;
use home::Home;
use lianhu_core::ids::EntryName;
use recovery_key::RecoveryKey;
use serde_json::json;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Merging dossiers makes and drops many small things: an import takes a third less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 联户县服务器：县里的台账，供各乡镇和帮扶干部的设备交换。
#[derive(Debug, Parser)]
#[command(name = "lianhu-sync-server", version)]
struct Line {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// 建立一个县：新台账、新钥匙、第一个登记码（县级管理员）。
    Init {
        /// 数据目录；不存在则新建，须为空。
        #[arg(long)]
        data: PathBuf,
        /// 县的行政区划代码（6 位）。
        #[arg(long)]
        county: String,
        /// 县的名称。
        #[arg(long)]
        name: String,
        /// 已有的 TLS 证书（PEM）；不给则自行生成。
        #[arg(long, requires = "cert_key")]
        cert: Option<PathBuf>,
        /// 证书的私钥（PEM）。
        #[arg(long, requires = "cert")]
        cert_key: Option<PathBuf>,
    },
    /// 开始服务，直到收到 SIGTERM 或 Ctrl-C；正在办的办完再停。
    Run {
        /// 数据目录。
        #[arg(long)]
        data: PathBuf,
        /// 监听地址，如 0.0.0.0:8443；端口 0 表示任选。
        #[arg(long)]
        listen: SocketAddr,
        /// 不加密；只许用于本机地址。
        #[arg(long)]
        plain_http: bool,
    },
    /// 给一个人一个登记码（一码一设备）；服务运行时也可以用。
    EnrolmentCode {
        /// 数据目录。
        #[arg(long)]
        data: PathBuf,
        #[command(flatten)]
        wanted: CodeWanted,
    },
    /// 隔离区里有什么：哪台设备、谁写的、为什么没有收；服务运行时也可以用。
    Quarantine {
        /// 数据目录。
        #[arg(long)]
        data: PathBuf,
    },
    /// 看过之后把一条从隔离区放出来，照常计入（标“待核”）；服务运行时也可以用。
    Release {
        /// 数据目录。
        #[arg(long)]
        data: PathBuf,
        /// 这一条的编号（quarantine 列出的 entry）。
        #[arg(long, value_parser = entry_name)]
        entry: EntryName,
    },
    /// 有人忘了密码：按设备上显示的代码，给出念给本人的 20 个字母（每次留痕）；服务运行时也可以用。
    RecoverPin {
        /// 数据目录。
        #[arg(long)]
        data: PathBuf,
        /// 设备上显示的 8 个字母。
        #[arg(long)]
        code: String,
    },
    /// 备份到一个新目录；服务不用停。
    Backup {
        /// 数据目录。
        #[arg(long)]
        data: PathBuf,
        /// 备份目录；不存在则新建，须为空。
        #[arg(long)]
        out: PathBuf,
        /// 户钥匙放在哪里，只留最新的一份；不给则放在备份目录旁边（households.keys）。
        #[arg(long)]
        keys: Option<PathBuf>,
    },
    /// 自查：验签字、封包链、号链、回执和留痕，指出被改动、删去、调换或倒填日期的；查出问题时退出码为 1。
    Verify {
        /// 数据目录（服务须停下）或备份目录。
        #[arg(long)]
        data: PathBuf,
        /// 以 JSON 给出。
        #[arg(long)]
        json: bool,
    },
    /// 给还没有恢复钥匙的县打印一张（只打印这一次）；新建的县在 init 时已经打印。
    RecoveryKey {
        /// 数据目录。
        #[arg(long)]
        data: PathBuf,
    },
    /// 用备份在一个新目录里恢复；各设备会自动补交备份之后的内容。
    Restore {
        /// 新的数据目录；须为空。
        #[arg(long, required_unless_present = "drill")]
        data: Option<PathBuf>,
        /// 备份目录。
        #[arg(long)]
        from: PathBuf,
        /// 最新的一份户钥匙；不给则用备份目录旁边的 households.keys。
        #[arg(long)]
        keys: Option<PathBuf>,
        /// 只演练：在临时目录里打开一遍、核对一遍，然后删掉；不动正在用的数据。
        #[arg(long, conflicts_with = "data")]
        drill: bool,
    },
}

fn main() -> ExitCode {
    match act(Line::parse().act) {
        Ok(code) => code,
        Err(failure) => {
            say(&mut std::io::stderr(), &failure.to_json());
            ExitCode::FAILURE
        }
    }
}

fn act(act: Act) -> Result<ExitCode> {
    let told = match act {
        Act::Init { data, county, name, cert, cert_key } => {
            enrolment::found(&data, &county, &name, cert.as_deref().zip(cert_key.as_deref()))?
        }
        Act::Run { data, listen, plain_http } => {
            return running::run(&data, listen, plain_http).map(|()| ExitCode::SUCCESS);
        }
        Act::Verify { data, json } => return verifying::verify(&data, json),
        Act::EnrolmentCode { data, wanted } => office_door::send(&data, &Errand::Code(wanted))?,
        Act::Quarantine { data } => office_door::send(&data, &Errand::Quarantine)?,
        Act::Release { data, entry } => office_door::send(&data, &Errand::Release(entry))?,
        Act::RecoverPin { data, code } => office_door::send(&data, &Errand::RecoverPin(code))?,
        Act::Backup { data, out, keys } => backup::back_up(&data, &out, keys)?,
        Act::RecoveryKey { data } => {
            json!({ "recovery_key": RecoveryKey::mint(&Home::at(&data)?)?.to_string() })
        }
        Act::Restore { data: Some(data), from, keys, .. } => backup::restore(&data, &from, keys)?,
        Act::Restore { data: None, from, keys, .. } => backup::drill(&from, keys)?,
    };
    say(&mut std::io::stdout(), &told);
    Ok(ExitCode::SUCCESS)
}

fn entry_name(text: &str) -> std::result::Result<EntryName, &'static str> {
    EntryName::parse(text).ok_or("编号是 64 位十六进制。")
}

/// One line of JSON. A reader that has gone away is no failure of ours.
fn say(to: &mut dyn std::io::Write, told: &serde_json::Value) {
    writeln!(to, "{told}").and_then(|()| to.flush()).ok();
}
