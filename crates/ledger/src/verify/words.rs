//! What was found, in a sentence that says where and what to do next.

use super::{Fault, Finding, Unproven, Verified};
use std::fmt;

pub(super) fn of(finding: &Finding) -> String {
    let mut place = Vec::new();
    if let Some(number) = finding.number {
        place.push(format!("第 {number} 号"));
    }
    if let Some(entry) = &finding.entry {
        place.push(format!("记录 {}", short(entry)));
    }
    if let Some(envelope) = &finding.envelope {
        place.push(format!("封包 {}", short(&envelope.to_string())));
    }
    if let Some(table) = &finding.table {
        place.push(format!("表 {table}"));
    }
    let what = match finding.fault {
        Fault::EntryAltered => "内容被改动，和它的名字对不上。",
        Fault::EntryRemoved => "被删去：交过或编过号，现在不在了。",
        Fault::EntryUnsigned => "没有签过字的封包提到它，是后来放进来的。",
        Fault::RowAltered => "旁注（种类、关于谁、哪一天、谁写的）和内容不一致，被改动过。",
        Fault::NumberDiffers => "编号和县里的回执不一致，被改动过。",
        Fault::Reordered => "从这一号起，先后和号链对不上，被调换过。",
        Fault::EnvelopeAltered => "封包和签字对不上，被改动过。",
        Fault::EnvelopeRemoved => "封包链上少了这一个。",
        Fault::EnvelopeReordered => "接不上前一个封包，顺序被改动过。",
        Fault::ReceiptAltered => "回执和县里的签字对不上，被改动过。",
        Fault::ReceiptMissing => "已编号却没有回执。再交换一次会补回；补不回就是被删了。",
        Fault::BackDated => "到达时间和回执不一致，时间被改动过。",
        Fault::TraceAltered => "留痕和它的链对不上，被改动过。",
        Fault::TraceRemoved => "留痕少了一环。",
        Fault::SumDiffers => "现有的和对账的总数不一致，有增有减。",
        Fault::TableDiffers => "和记录算出来的不一样。记录本身是完整的，请联系县级管理员。",
    };
    format!("{}：{what}", place.join("，"))
}

fn short(hex: &str) -> String {
    hex.chars().take(16).collect()
}

/// What cannot be proved, in a sentence.
fn cannot(what: Unproven) -> &'static str {
    match what {
        Unproven::OthersSignatures => "别人写的记录是谁签的：本机只有封包的名字，签字在县里。",
        Unproven::OthersOrder => "别人写的记录的先后：号链在县里。",
        Unproven::LetGo => "满半年放下的、或换代作废的封包：已不在本机。",
        Unproven::NotReceipted => "还没有回执的：写它的设备还能重写，有了回执才定。",
        Unproven::Quarantined => "隔离区里的：没有整个封包，验不了签字。",
        Unproven::CountyKey => "拿着县里签字钥匙的人能重写整本台账，只有各手机上的回执能对出来。",
        Unproven::Clocks => "写的时候钟走得准不准：时间只是设备自己说的。",
        Unproven::Tables => "各表是不是记录算出来的：记录太多，没有重算。",
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "自查：记录 {} 条，封包 {} 个，回执 {} 张。", self.entries, self.envelopes, self.receipts)?;
        for (directive, often) in &self.erased {
            match directive {
                0 => writeln!(f, "依法删除：{often} 条（县里的决定还没有到本机）。")?,
                _ => writeln!(f, "依法删除：按第 {directive} 号决定，{often} 条。")?,
            }
        }
        if self.clean {
            writeln!(f, "没有发现改动。")?;
        } else {
            writeln!(f, "发现 {} 处不对，请保留原样，联系县级管理员：", self.findings.len())?;
        }
        for finding in &self.findings {
            writeln!(f, "  {}", finding.words)?;
        }
        writeln!(f, "不能证明的：")?;
        for (what, often) in &self.unproven {
            writeln!(f, "  {}（{often}）", cannot(*what))?;
        }
        Ok(())
    }
}
