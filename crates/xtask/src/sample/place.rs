//! The made-up county of a sample: towns, villages and the sites people were relocated to.

use super::chance::Chance;

/// The county every sample lies in, as the roster writes it.
pub(crate) const COUNTY: &str = "南召县";
/// Its six digits, with which household numbers begin.
pub(crate) const COUNTY_CODE: &str = "411321";

const FIRST_VILLAGES: [&str; 13] = [
    "北召店村",
    "天桥村",
    "康庄村",
    "郭庄村",
    "李家庄村",
    "辛庄村",
    "曹店村",
    "娘娘庙村",
    "分水岭村",
    "石门沟村",
    "大沟口村",
    "柳树湾村",
    "红石崖村",
];
const FIRST_SITES: [&str; 4] = ["河西社区", "河东社区", "玉兰社区", "阳光社区"];
const TOWNS: [&str; 15] = [
    "青石镇",
    "柳河镇",
    "云岭乡",
    "白杨镇",
    "松坪乡",
    "双桥镇",
    "枣林乡",
    "龙泉镇",
    "东沟乡",
    "槐树镇",
    "金竹乡",
    "平川镇",
    "望山乡",
    "清溪镇",
    "石桥乡",
];
const VILLAGE_HEADS: [&str; 30] = [
    "上", "下", "大", "小", "前", "后", "东", "西", "南", "北", "高", "老", "新", "白", "黑", "黄", "青", "红", "双",
    "三", "五", "七", "九", "长", "平", "金", "银", "古", "月", "桃",
];
const VILLAGE_TAILS: [&str; 14] =
    ["河村", "沟村", "坪村", "岭村", "湾村", "寨村", "店村", "庄村", "桥村", "坡村", "塘村", "井村", "营村", "岩村"];

/// A village of origin.
#[derive(Debug, Clone)]
pub(crate) struct Village {
    /// Its town, as a place in [`County::towns`].
    pub(crate) town: usize,
    /// 行政村
    pub(crate) name: String,
    /// 自然村
    pub(crate) hamlet: String,
    /// Three digits after the county's in a household number.
    pub(crate) code: String,
}

/// A resettlement site.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// The town it lies in.
    pub(crate) town: usize,
    /// 安置点
    pub(crate) name: String,
}

/// All places of a sample.
#[derive(Debug, Clone)]
pub(crate) struct County {
    /// 乡镇
    pub(crate) towns: Vec<String>,
    /// Villages, town by town.
    pub(crate) villages: Vec<Village>,
    /// Sites, town by town.
    pub(crate) sites: Vec<Site>,
}

impl County {
    /// A county fit for so many households: one town of 13 villages and 4 sites for up to 500, up to 16 towns beyond.
    pub(crate) fn new(chance: &mut Chance, households: u32) -> Self {
        let more = usize::try_from(households.saturating_sub(1) / 500).unwrap_or(0).min(TOWNS.len());
        let mut county = Self { towns: vec!["皇后乡".to_owned()], villages: Vec::new(), sites: Vec::new() };
        for name in FIRST_VILLAGES {
            county.add_village(chance, 0, name.to_owned());
        }
        county.sites.extend(FIRST_SITES.map(|name| Site { town: 0, name: name.to_owned() }));
        let mut names: Vec<String> = VILLAGE_HEADS
            .iter()
            .flat_map(|head| VILLAGE_TAILS.iter().map(move |tail| format!("{head}{tail}")))
            .collect();
        chance.shuffle(&mut names);
        // Two towns of one county do have villages of one name.
        names.push("康庄村".to_owned());
        for name in TOWNS.iter().take(more) {
            let town = county.towns.len();
            county.towns.push((*name).to_owned());
            for _ in 0..13 {
                let village = names.pop().unwrap_or_default();
                county.add_village(chance, town, village);
            }
            let stem: String = name.chars().take(2).collect();
            county.sites.push(Site { town, name: format!("{stem}东苑社区") });
            county.sites.push(Site { town, name: format!("{stem}西苑社区") });
        }
        county
    }

    fn add_village(&mut self, chance: &mut Chance, town: usize, name: String) {
        let head: String = name.chars().take(1).collect();
        let hamlet = format!("{head}{}屯", chance.pick(&["上", "下", "东", "西", "坝", "寨"]));
        let code = (100 + self.villages.len()).to_string();
        self.villages.push(Village { town, name, hamlet, code });
    }

    /// The name path of a town: 县/乡.
    pub(crate) fn town_path(&self, town: usize) -> String {
        format!("{COUNTY}/{}", self.towns.get(town).map_or("", String::as_str))
    }

    /// The name path of a village: 县/乡/村.
    pub(crate) fn village_path(&self, village: usize) -> String {
        let Some(village) = self.villages.get(village) else { return String::new() };
        format!("{}/{}", self.town_path(village.town), village.name)
    }

    /// The sites of a town.
    pub(crate) fn sites_of(&self, town: usize) -> Vec<usize> {
        self.sites.iter().enumerate().filter(|(_, site)| site.town == town).map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_small_county_is_that_of_the_sample_and_a_large_one_has_more_towns() {
        let small = County::new(&mut Chance::new(1, 0), 272);
        assert_eq!((small.towns.len(), small.villages.len(), small.sites.len()), (1, 13, 4));
        let large = County::new(&mut Chance::new(1, 0), 28_000);
        assert_eq!((large.towns.len(), large.villages.len(), large.sites.len()), (16, 208, 34));
    }

    #[test]
    fn village_paths_and_codes_and_site_names_are_unique() {
        let county = County::new(&mut Chance::new(1, 0), 28_000);
        let paths: BTreeSet<String> = (0..county.villages.len()).map(|at| county.village_path(at)).collect();
        let codes: BTreeSet<&str> = county.villages.iter().map(|village| village.code.as_str()).collect();
        let sites: BTreeSet<&str> = county.sites.iter().map(|site| site.name.as_str()).collect();
        assert_eq!((paths.len(), codes.len(), sites.len()), (208, 208, 34));
        assert_eq!(county.villages.iter().filter(|village| village.name == "康庄村").count(), 2);
    }
}
