-- The ledger 台账: one encrypted SQLite file (SQLCipher), the same on a phone, in a township and at the county.
-- A test compares this page with a fresh file; crates/ledger/src/schema.sql is what makes one.
--
-- How to read it
--   entry      what somebody wrote, named by the SHA-256 of its bytes, never edited        docs/exchange.md
--   durable    tables that hold what cannot be computed; they change by adding only
--   rebuilt    tables that the entries add up to: dropped and computed again at will (crates/ledger/src/rebuild.rs)
--
-- Spellings
--   id         16 random bytes (places, households, people and cadres that an import brings: HMAC, decisions/0006)
--   name       32 bytes, SHA-256
--   about      one letter and 16 bytes: h household, p place, o organisation, c county (zeros), u cadre, * everything (zeros)
--   number     the county's: 1, 2, 3 … in the order it took the entries in; null means it is on this device only
--   day        days since 1970-01-01;  *_at, at: seconds since 1970-01-01 UTC by the clock of whoever wrote the row
--   user       a cadre's id;  person: a family member's id
--
-- Beside a county's ledger lies `ledger.keys.db` (SQLCipher, the same key): `key` (household, secret), 32 random bytes a household under
-- which `entry.bytes` and `quarantine.bytes` lie sealed, and `erased` (household, number), whose key was destroyed. What is sealed
-- begins with ff, then the household's id, then XChaCha20-Poly1305 with the entry's name as nonce. A backup holds the durable tables alone.
--
-- Opening: pragma key, journal_mode = wal, synchronous = full, secure_delete = on, user_version = 1.
-- A file of a higher user_version is refused with a sentence.

-- Durable ---------------------------------------------------------------------------------------------------------

-- Settings: whose ledger this is (county, county_name, county_key, user, device, incarnation, seed, is_county), its
-- counters (mono, counter, envelope_number, turn, top, parcels), how far it has read (cursor, seen, differs), its pass as a carrier (pass), the county's log
-- (epoch, base, chain, import_key, root_place), and the shell's own (set/server, set/pin, set/name, set/roles).
create table meta (
  key   text primary key,
  value any
) strict, without rowid;

-- Every entry, one's own and others'. One's own without a number are the outbox: there is no other.
create table entry (
  id       integer primary key,         -- the order in which they came here
  name     blob    not null unique,
  kind     integer not null,            -- core/entry.rs `kind`; an unknown one is kept and passed on
  about    blob    not null,
  user     blob    not null,            -- who wrote it
  device   blob    not null,            -- on which device
  day      integer not null default 0,  -- the day a record speaks of; 0 for changes and directives
  number   integer unique,
  standing integer not null default 0,  -- 0 living, 1 parked, 2 set aside by the county, 3 withdrawn and written again
  code     integer,                     -- why it is set aside, core/exchange.rs `Code`
  late     integer not null default 0,  -- 待核: written after its author knew that the grant had ended
  envelope integer,                     -- envelope.id: how it travelled
  bytes    blob    not null             -- as written
) strict;
create index entry_about on entry (about, number);
create index entry_directive on entry (kind, id) where kind >= 64;
create index entry_parked on entry (kind) where standing = 1;
create index entry_waiting on entry (envelope) where number is null;
create index entry_envelope on entry (envelope);

-- Every envelope sealed here or taken in. One that came down in a page is known by name only: its header is empty.
create table envelope (
  id          integer primary key,
  name        blob    not null unique,
  device      blob    not null,
  incarnation integer not null,
  number      integer not null,
  header      blob    not null,          -- exactly what was signed
  signature   blob    not null,
  sealed_at   integer not null,          -- by this ledger's clock: sealed here, or received here
  receipt     blob,                      -- the county's signed receipt, also at the county; empty: given up in favour of a new incarnation
  sealed      blob,                      -- the whole of it, once a household it speaks of was forgotten
  carried     integer,                   -- when a carrier took it along, until its receipt comes: 已到乡镇
  unique (device, incarnation, number)
) strict;
create index envelope_open on envelope (id) where receipt is null;
create index envelope_carried on envelope (id) where carried is not null;

-- Files 捎带文件 that this device handed over: what comes back is known by them.
create table parcel (
  name      blob primary key,            -- SHA-256 of the file
  number    integer not null,            -- the how-manieth of this device
  question  blob    not null,            -- SHA-256 of what is asked in it: the answer is signed over it
  cursor    blob    not null,            -- how far this device had read
  envelopes blob    not null,            -- the names of those in it
  carrier   text                         -- who has taken it along
) strict, without rowid;

-- Files of others that this device carries to the county, and what goes back.
create table carried (
  id      integer primary key,
  name    blob    not null unique,       -- SHA-256 of the file
  device  blob    not null,              -- whose
  number  integer not null,
  entries integer not null,              -- as its label says
  state   integer not null default 0,    -- 0 waits for the next exchange, 1 answered, 2 the county could make nothing of it
  bytes   blob    not null               -- the file; once answered, the file that goes back
) strict;
create index carried_device on carried (device, id);

-- What was refused, with its bytes and the head of its envelope, until a person has looked.
create table quarantine (
  id       integer primary key,
  name     blob    not null unique,
  envelope blob    not null,
  device   blob    not null,
  user     blob    not null,
  code     integer not null,
  at       integer not null,
  header   blob    not null,
  bytes    blob    not null
) strict;
create index quarantine_device on quarantine (device);

-- How each device has been asking: by this the county tells a late double from a device that exists twice.
create table asking (
  device      blob primary key,
  incarnation integer not null,
  counter     integer not null,
  recent      blob    not null,          -- SHA-256 of its last 16 requests, newest first
  twice       integer not null default 0,
  last_at     integer not null
) strict, without rowid;

-- Secrets that have enrolled a device: each does so once.
create table enrolled (
  secret blob primary key,               -- its SHA-256
  device blob not null
) strict, without rowid;

-- Visits begun and not yet saved, as the form keeps them.
create table draft (
  id        blob    primary key,
  household blob    not null,
  body      text    not null,
  saved_at  integer not null
) strict, without rowid;

-- The links of the traces 留痕 left on this device, a chain for each incarnation: the trace itself is an entry, the newest
-- link travels with every envelope.
create table audit (
  id    integer primary key,
  life  integer not null,                -- the incarnation
  entry blob    not null,                -- its name
  hash  blob    not null                 -- the link
) strict;

-- Own envelopes that were let go: half a year after their receipt, or in favour of a new incarnation.
create table let_go (
  name blob primary key
) strict, without rowid;

-- Own changes that were said again, and as what: what was built on them is built on that.
create table said_again (
  name  blob primary key,
  again blob not null
) strict, without rowid;

-- Codes of forgotten PINs that were answered, and to which device (county).
create table recovered (
  code   text primary key,
  device blob    not null,
  at     integer not null
) strict, without rowid;

-- Households of which records older than twelve months were asked for.
create table older_wanted (
  about blob primary key
) strict, without rowid;

-- How devices have been asking, as the county has told this office.
create table device_seen (
  device  blob primary key,
  last_at integer not null,
  twice   integer not null,
  aside   integer not null               -- entries of it that stand aside only for who wrote them
) strict, without rowid;

-- What came to this device and what it let go, until its person has read it. What is gone has no name here.
create table tiding (
  id        integer primary key,
  day       integer not null,
  came      integer not null,
  household blob,
  place     text
) strict;

-- Editions of reports that were given out, so that the next one can say what has changed.
create table edition (
  period  text    not null,              -- FROM..TO
  place   blob    not null,              -- empty: everything held
  edition integer not null,
  made_at integer not null,
  figures text    not null,              -- the report as JSON
  primary key (period, place, edition)
) strict, without rowid;

-- Entries of erased households that stood here: their names and numbers, so that chains can still be walked.
create table erased_entry (
  name      blob primary key,
  number    integer unique,
  about     blob    not null,
  kind      integer not null,
  device    blob    not null,
  envelope  integer,
  directive integer not null             -- the number of the directive that erased it; 0 while it is not known here
) strict, without rowid;
create index erased_entry_about on erased_entry (about);

-- Something came for an erased household, of whatever content: from which device, whose, and when first (county).
create table after_erasure (
  household blob    not null,
  device    blob    not null,
  user      blob    not null,
  at        integer not null,
  primary key (household, device)
) strict, without rowid;

-- Who may hold what. At the county: everybody's; on a device: its owner's. It follows from the directives, but one by
-- one as they came, and devices have read up to its numbers: it is kept, never computed again.
create table scope (
  user           blob    not null,
  about          blob    not null,
  since          integer not null,       -- the number from which on; what came before is filled in
  until          integer,                -- the number at which it ended
  moved          integer not null,       -- since, or until once it has ended: the order in which it is told
  horizon        integer,                -- records of days before it are not sent unless asked for
  excluded_count integer not null default 0,  -- the digest of the records left out because of the horizon
  excluded_sum   blob    not null default x'00000000000000000000000000000000',
  primary key (user, about)
) strict, without rowid;
create index scope_about on scope (about);
create index scope_fill on scope (user, since, about);
create index scope_moved on scope (user, moved, about);

-- Rebuilt ---------------------------------------------------------------------------------------------------------

-- The merged dossier 户档 of each household: a cache of its changes.
create table dossier (
  household blob primary key,
  bytes     blob not null
) strict, without rowid;

-- What is held about each thing: count, and sum of the names of its numbered entries modulo 2^128. `*` is the whole.
create table digest (
  about blob primary key,
  count integer not null,
  sum   blob    not null
) strict, without rowid;

-- Places of both trees: 县/乡镇/村/屯/组 and 安置点/楼栋/单元.
create table place (
  id      blob primary key,
  name    text not null,
  level   text not null,                 -- county, town, village, natural_village, group, site, building, unit
  parent  blob,
  code    text,                          -- the official code, where there is one
  town    blob,                          -- the town it lies in, or is
  village blob,                          -- the village it lies in, or is
  path    text not null                  -- 南召县/皇后乡/北召店村
) strict, without rowid;
create index place_parent on place (parent);
create index place_path on place (path);

-- People who work with lianhu. No certificate number, nothing political.
create table cadre (
  id      blob primary key,
  name    text not null,
  unit    text,
  belongs text,
  rank    text,
  phone   text
) strict, without rowid;

-- What they may do: helper, first_secretary, township, county.
create table role (
  user   blob    not null,
  role   text    not null,               -- the code of its kind
  reach  integer not null,               -- 0 entrusted, 1 area, 2 directs, 3 county
  place  blob,
  entry  blob    primary key,
  number integer,
  ended  integer                         -- the number of its end
) strict, without rowid;
create index role_user on role (user);

-- Notes for successors, and that they were taken over: that stays when the household is forgotten.
create table handover_note (
  entry     blob    primary key,
  household blob    not null,
  giver     blob    not null,
  receiver  blob,
  advice    text    not null,
  day       integer not null,
  number    integer
) strict, without rowid;
create index handover_note_household on handover_note (household);

-- Who has taken over what a note was about.
create table handover_taken (
  note  blob    primary key,
  giver blob    not null,
  taker blob    not null,
  day   integer not null
) strict, without rowid;

-- Numbers the county has set for itself: lease_days.
create table county_row (
  key   text    primary key,
  value integer not null
) strict, without rowid;

-- Kinds of roles beside those every county starts with.
create table role_kind (
  code  text    primary key,
  name  text    not null,
  reach integer not null
) strict, without rowid;

-- Teams and who is in them; a grant to a team is a grant to its members.
create table team (
  id   blob primary key,
  name text not null
) strict, without rowid;

-- Who is in a team, or has left it.
create table member (
  team   blob    not null,
  user   blob    not null,
  left   integer not null,
  number integer,                        -- of the newest word about it
  primary key (team, user)
) strict, without rowid;
create index member_user on member (user);

-- Their devices, and the key each signs with.
create table device (
  id      blob primary key,
  user    blob    not null,
  key     blob    not null,
  label   text    not null,
  revoked integer not null,              -- whether it is shut out
  since   integer not null,              -- when it was enrolled
  reason  text                           -- why it was shut out
) strict, without rowid;
create index device_user on device (user);

-- Directives that entrust, with the number of their end. Without a number they are waiting and entrust nothing yet.
create table granted (
  entry  blob primary key,
  user   blob not null,
  about  blob not null,
  duty   text not null,
  number integer,
  ended  integer
) strict, without rowid;
create index granted_about on granted (about);
create index granted_user on granted (user);

-- Secrets with which a person can enrol a device: their SHA-256.
create table enrolment (
  secret blob primary key,
  user   blob not null
) strict, without rowid;

-- What opens a home beside its PIN, sealed for the county, by the code that home shows.
create table escrow (
  code   text primary key,
  user   blob not null,
  sealed blob not null
) strict, without rowid;

-- Households erased by law, with the number of the directive; without one it is waiting and erases nothing yet.
create table erased (
  household blob primary key,
  entry     blob not null,
  number    integer
) strict, without rowid;

-- What erased households had added to the figures of their places, without saying whom. `about` is a village, or the county.
create table lawful_count (
  entry  blob    not null,
  about  blob    not null,
  day    integer not null,
  visits integer not null,
  needs  integer not null,
  primary key (entry, day)
) strict, without rowid;
create index lawful_count_day on lawful_count (day);

-- Inspections 督查: the hash of the secret on the pass. Without a number one is waiting and opens nothing yet.
create table inspection (
  entry  blob primary key,
  secret blob not null,
  number integer
) strict, without rowid;
create index inspection_secret on inspection (secret);

-- Inspections that were ended early.
create table inspection_end (
  entry      blob    primary key,
  inspection blob    not null,
  day        integer not null,
  number     integer
) strict, without rowid;
create index inspection_end_of on inspection_end (inspection);

-- Drawn samples 样本: which households, by which draw, in the order of the lot.
create table sample (
  inspection blob    not null,
  household  blob    not null,
  draw       blob    not null,
  place      integer not null,
  primary key (inspection, household)
) strict, without rowid;

-- Samples that were opened: each time by itself.
create table sample_opened (
  entry      blob    primary key,
  inspection blob    not null,
  household  blob    not null,
  team       text    not null,
  day        integer not null,
  number     integer
) strict, without rowid;
create index sample_opened_household on sample_opened (household);

-- One row a household: the statements that count, and where it is placed.
create table household (
  id           blob primary key,
  national_no  text,                     -- 户编号
  head         text    not null,         -- 户主
  phone        text,
  origin       blob,                     -- 迁出地, or the home place
  present      blob,                     -- where they live now, if elsewhere
  village      blob,                     -- the home village: what reports count it under
  town         blob,
  site         text,
  batch_year   integer,                  -- 搬迁年度
  building     text,
  unit         text,
  room         text,
  persons      integer not null,         -- those who count as living here
  disagreeing  integer not null          -- how many facts say two things
) strict, without rowid;
create index household_village on household (village);
create index household_origin on household (origin);
create index household_present on household (present);
create index household_site on household (site);

-- One row a person of a household.
create table person (
  id        blob    not null,
  household blob    not null,
  name      text    not null,
  relation  text,
  sex       text,
  birth     text,
  id_no     text,                        -- unmasked here, masked wherever it is shown
  phone     text,
  counts    integer not null,            -- 0 for 自然减少
  primary key (household, id)            -- the same id can be written down in two households, by mistake or on purpose
) strict, without rowid;
create index person_id on person (id);

-- Facts that say more than one thing, or wait for a confirmation.
create table conflict (
  household blob not null,
  key       text not null,
  asks      integer not null,            -- 0 a chip shows it, 1 a person has to choose, 2 an authority has to confirm
  waiting   integer not null,            -- statements that wait for a confirmation
  since     integer,                     -- the day of the oldest of them
  primary key (household, key)
) strict, without rowid;

-- What an authority confirmed, of facts that count only then.
create table approval (
  household blob not null,
  key       text not null,
  entry     blob not null,
  said      blob not null,
  primary key (household, key, entry)
) strict, without rowid;

-- Which facts are such; without a row: household_type, monitor_type, risk_cleared.
create table confirmed_fact (
  key text primary key
) strict, without rowid;

-- Directives that join 合并 a household, or persons of it, into another; ended: parted 拆开 again.
create table joining (
  entry     blob primary key,
  household blob    not null,        -- the one it is about
  target    blob    not null,        -- the one that stays
  whole     integer not null,        -- 1 the same household, 0 only persons of it
  ended     integer not null
) strict, without rowid;
create index joining_household on joining (household);
create index joining_target on joining (target);

-- Households that are shown and counted as another one: joined into it, or into one that is joined itself.
create table joined (
  household blob primary key,
  root      blob not null,
  entry     blob not null             -- the join by which
) strict, without rowid;
create index joined_root on joined (root);

-- Persons who are counted on another card, as somebody there.
create table joined_person (
  household      blob not null,
  person         blob not null,
  root_household blob not null,
  root_person    blob not null,
  entry          blob not null,
  primary key (household, person)
) strict, without rowid;

-- Households that look alike and are not the same: somebody has said so.
create table apart (
  household blob not null,
  other     blob not null,
  entry     blob not null,
  primary key (household, other, entry)
) strict, without rowid;

-- What households are compared by, to find one that was written down twice: hashes, the kind of likeness in the last three bits.
create table alike_key (
  key       integer not null,
  household blob    not null,
  primary key (key, household)
) strict, without rowid;
create index alike_household on alike_key (household);

-- What a household can be found by: names, pinyin, initials, tails of numbers written backwards after `~`, rooms.
create table search_key (
  key       text not null,
  household blob not null,
  primary key (key, household)
) strict, without rowid;
create index search_household on search_key (household);

-- One row a visit 走访, by its root; a correction is another entry of the same row.
create table visit (
  root       blob primary key,
  entry      blob    not null,           -- the version that counts
  household  blob    not null,
  user       blob    not null,
  day        integer not null,
  number     integer,
  versions   integer not null,           -- live versions: more than one asks for a decision
  struck     integer not null,
  who_met    text,
  mode       text,
  next_on    integer
) strict, without rowid;
create index visit_household on visit (household, day, struck);
create index visit_day on visit (day, household, struck);

-- Which record corrects which.
create table amends (
  entry     blob not null,
  target    blob not null,
  household blob not null,               -- only entries about the same household have a say
  primary key (entry, target)
) strict, without rowid;
create index amends_target on amends (target);

-- Which record was struck 作废, and by which entry.
create table strike (
  record    blob not null,
  entry     blob not null,
  household blob not null,
  primary key (record, entry)
) strict, without rowid;

-- Needs 诉求 raised at visits that count, and the furthest step reached: 登记 0, 受理 1, 办理 2, 办结 3, 评价 4.
create table need (
  root      blob    not null,
  position  integer not null,
  household blob    not null,
  category  text    not null,
  text      text    not null,
  raised_on integer not null,
  step      integer not null,
  primary key (root, position)
) strict, without rowid;
create index need_household on need (household, step);
create index need_raised on need (raised_on, household, step);

-- The steps recorded of a need.
create table need_step (
  visit    blob    not null,
  position integer not null,
  step     integer not null,
  day      integer not null,
  entry    blob    not null,
  household blob   not null,
  primary key (visit, position, entry)
) strict, without rowid;

-- Promises made at visits that count.
create table promise (
  root      blob    not null,
  position  integer not null,
  household blob    not null,
  text      text    not null,
  due       integer,
  primary key (root, position)
) strict, without rowid;
create index promise_household on promise (household);

-- Questions that a newer roster leaves open: it no longer names this household, or this person.
create table question (
  entry     blob primary key,
  household blob not null,
  person    blob,
  file      text not null,
  answer    text
) strict, without rowid;

-- Visits that count, by stretch of 32 days and household, for reports over long periods.
create table visit_tally (
  stretch   integer not null,            -- days since 1970-01-01, divided by 32
  household blob    not null,
  visits    integer not null,
  primary key (stretch, household)
) strict, without rowid;
