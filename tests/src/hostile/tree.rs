//! Bytes of the published form as a tree that can be changed and written again, rightly or wrongly.

use crate::Chance;
use minicbor::data::Type;
use minicbor::decode::Decoder;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    Int(i128),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Self>),
    Map(Vec<(u64, Self)>),
    Bool(bool),
    Null,
    /// Bytes to be written as they are, whatever they are.
    Raw(Vec<u8>),
}

/// How wrongly a tree is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As published.
    Published,
    /// With lengths and numbers longer than they need to be.
    Long,
    /// With lists of no stated length.
    Indefinite,
}

impl Tree {
    /// Reads a tree.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut d = Decoder::new(bytes);
        let tree = Self::value(&mut d, 12)?;
        (d.position() == bytes.len()).then_some(tree)
    }

    fn value(d: &mut Decoder<'_>, depth: usize) -> Option<Self> {
        let inner = depth.checked_sub(1)?;
        Some(match d.datatype().ok()? {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => Self::Int(i128::from(d.u64().ok()?)),
            Type::I8 | Type::I16 | Type::I32 | Type::I64 => Self::Int(i128::from(d.i64().ok()?)),
            Type::Bytes => Self::Bytes(d.bytes().ok()?.to_vec()),
            Type::String => Self::Text(d.str().ok()?.to_owned()),
            Type::Bool => Self::Bool(d.bool().ok()?),
            Type::Null => {
                d.null().ok()?;
                Self::Null
            }
            Type::Array => {
                let len = d.array().ok()??;
                Self::Array((0..len).map(|_| Self::value(d, inner)).collect::<Option<_>>()?)
            }
            Type::Map => {
                let len = d.map().ok()??;
                Self::Map((0..len).map(|_| Some((d.u64().ok()?, Self::value(d, inner)?))).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    /// Writes it.
    pub(super) fn write(&self, spelling: Spelling) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(&mut out, spelling);
        out
    }

    fn put(&self, out: &mut Vec<u8>, spelling: Spelling) {
        match self {
            Self::Int(int) if *int >= 0 => head(out, 0, u64::try_from(*int).unwrap_or(u64::MAX), spelling),
            Self::Int(int) => head(out, 1, u64::try_from(-1 - *int).unwrap_or(u64::MAX), spelling),
            Self::Bytes(bytes) => {
                head(out, 2, bytes.len() as u64, spelling);
                out.extend_from_slice(bytes);
            }
            Self::Text(text) => {
                head(out, 3, text.len() as u64, spelling);
                out.extend_from_slice(text.as_bytes());
            }
            Self::Array(items) => {
                open(out, 4, items.len(), spelling);
                items.iter().for_each(|item| item.put(out, spelling));
                close(out, spelling);
            }
            Self::Map(items) => {
                open(out, 5, items.len(), spelling);
                for (key, value) in items {
                    head(out, 0, *key, spelling);
                    value.put(out, spelling);
                }
                close(out, spelling);
            }
            Self::Bool(yes) => out.push(if *yes { 0xf5 } else { 0xf4 }),
            Self::Null => out.push(0xf6),
            Self::Raw(bytes) => out.extend_from_slice(bytes),
        }
    }

    /// How many values it is made of.
    pub(super) fn size(&self) -> usize {
        1 + match self {
            Self::Array(items) => items.iter().map(Self::size).sum(),
            Self::Map(items) => items.iter().map(|(_, item)| item.size()).sum::<usize>(),
            _ => 0,
        }
    }

    /// The value at this place, counted from the outside in.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut Self> {
        if place == 0 {
            return Some(self);
        }
        let mut left = place - 1;
        let items: Vec<&mut Self> = match self {
            Self::Array(items) => items.iter_mut().collect(),
            Self::Map(items) => items.iter_mut().map(|(_, item)| item).collect(),
            _ => return None,
        };
        for item in items {
            let size = item.size();
            if left < size {
                return item.at(left);
            }
            left -= size;
        }
        None
    }

    /// Changes one value of it. `known` are bytes that mean something: ids, names, whole entries.
    pub(super) fn mutate(&mut self, chance: &mut Chance, known: &[Vec<u8>]) {
        let place = chance.below(self.size());
        let Some(value) = self.at(place) else { return };
        let edge = [
            0,
            1,
            -1,
            23,
            24,
            255,
            256,
            65_535,
            65_536,
            1 << 24,
            (1 << 24) + 1,
            i128::from(u32::MAX),
            i128::from(i64::MAX),
        ];
        if chance.one_in(2) {
            return value.bend(chance, known, &edge);
        }
        match chance.below(16) {
            0 => *value = Self::Int(*chance.pick(&edge).unwrap_or(&0)),
            1 => *value = Self::Int(i128::from(u64::MAX)),
            2 => *value = Self::Int(i128::from(i64::MIN)),
            3 | 4 => *value = Self::Bytes(chance.pick(known).cloned().unwrap_or_default()),
            5 => {
                *value = Self::Text(
                    ["", "户", "person//name", "\u{0}", "phone"][chance.below(5)].repeat(1 + chance.below(90)),
                )
            }
            6 => *value = Self::Null,
            7 => *value = Self::Bool(chance.one_in(2)),
            8 => *value = Self::Array(vec![value.clone(); chance.below(4)]),
            9 => *value = Self::Map(vec![(chance.any() % 20, value.clone())]),
            10 => *value = Self::Raw([vec![0x81; 1 + chance.below(300)], vec![0x00]].concat()),
            11 => {
                *value = Self::Raw(vec![
                    [0x5b, 0x7b, 0x9b, 0xbb][chance.below(4)],
                    0x7f,
                    0xff,
                    0xff,
                    0xff,
                    0xff,
                    0xff,
                    0xff,
                    0xff,
                ])
            }
            12 => *value = Self::Raw(vec![0xfb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]),
            13 => match value {
                Self::Array(items) if !items.is_empty() => {
                    let at = chance.below(items.len());
                    let item = items[at].clone();
                    let times = [1, 2, 70, 2500][chance.below(4)];
                    items.extend(std::iter::repeat_n(item, times));
                }
                Self::Map(items) if !items.is_empty() => {
                    let at = chance.below(items.len());
                    items.remove(at);
                }
                Self::Text(text) => *text = text.repeat([0, 2, 200, 3000][chance.below(4)]),
                Self::Bytes(bytes) => bytes.truncate(bytes.len() / 2),
                _ => {}
            },
            14 => match value {
                Self::Array(items) => items.reverse(),
                Self::Map(items) => items.reverse(),
                Self::Int(int) => *int += 1,
                Self::Bytes(bytes) if !bytes.is_empty() => {
                    let at = chance.below(bytes.len());
                    bytes[at] ^= 1 << chance.below(8);
                }
                _ => {}
            },
            _ => match value {
                Self::Map(items) if !items.is_empty() => {
                    let at = chance.below(items.len());
                    items[at].0 = chance.any() % 16;
                }
                Self::Array(items) if !items.is_empty() => {
                    let at = chance.below(items.len());
                    items.remove(at);
                }
                Self::Int(int) => *int -= 1,
                _ => {}
            },
        }
    }
    /// Changes what it says and not what it is, so that it may get further.
    fn bend(&mut self, chance: &mut Chance, known: &[Vec<u8>], edge: &[i128]) {
        match self {
            Self::Int(int) => *int = *chance.pick(edge).unwrap_or(int),
            Self::Bytes(bytes) => {
                let alike: Vec<_> = known.iter().filter(|known| known.len() == bytes.len()).collect();
                if let Some(other) = chance.pick(&alike) {
                    bytes.clone_from(other);
                }
            }
            Self::Text(text) => *text = ["", "户主", "person//name", "\u{0}", "address"][chance.below(5)].to_owned(),
            Self::Bool(yes) => *yes = !*yes,
            Self::Array(items) if !items.is_empty() => {
                let at = chance.below(items.len());
                let item = items[at].clone();
                if chance.one_in(2) { items.push(item) } else { items.truncate(at) }
            }
            Self::Map(items) if !items.is_empty() => {
                let at = chance.below(items.len());
                items[at].1.mutate(chance, known);
            }
            _ => {}
        }
    }
}

fn head(out: &mut Vec<u8>, major: u8, argument: u64, spelling: Spelling) {
    let tag = major << 5;
    if spelling == Spelling::Long {
        out.push(tag | 27);
        out.extend_from_slice(&argument.to_be_bytes());
        return;
    }
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => out.push(tag | bytes[7]),
        24..=0xff => out.extend([tag | 24, bytes[7]]),
        0x100..=0xffff => {
            out.push(tag | 25);
            out.extend_from_slice(&bytes[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(tag | 26);
            out.extend_from_slice(&bytes[4..]);
        }
        _ => {
            out.push(tag | 27);
            out.extend_from_slice(&bytes);
        }
    }
}

fn open(out: &mut Vec<u8>, major: u8, len: usize, spelling: Spelling) {
    if spelling == Spelling::Indefinite { out.push(major << 5 | 31) } else { head(out, major, len as u64, spelling) }
}

fn close(out: &mut Vec<u8>, spelling: Spelling) {
    if spelling == Spelling::Indefinite {
        out.push(0xff);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_writes_the_bytes_it_was_read_from() {
        let bytes = [0xa2, 0x00, 0x83, 0x18, 0x64, 0x39, 0x01, 0x00, 0x62, 0x68, 0x69, 0x01, 0x42, 0xff, 0xf6];
        let tree = Tree::read(&bytes).unwrap();
        assert_eq!(tree.write(Spelling::Published), bytes);
        assert_eq!(tree.size(), 6);
        assert_eq!(lianhu_core::form::check(&bytes), Ok(()));
        assert!(lianhu_core::form::check(&tree.write(Spelling::Long)).is_err());
        assert!(lianhu_core::form::check(&tree.write(Spelling::Indefinite)).is_err());
    }
}
