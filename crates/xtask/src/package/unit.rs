//! How systemd runs the county's server: as a user of its own that can write one directory and listen, and nothing else.

/// The file's name, by which it is started.
pub(crate) const NAME: &str = "lianhu-sync-server.service";

/// The unit. The county lies in `/var/lib/lianhu/county`; a failed start is tried again, and what is being done is
/// finished before the server stops.
pub(crate) const TEXT: &str = "[Unit]
Description=lianhu: the county's ledger
Wants=network-online.target
After=network-online.target
ConditionPathExists=/var/lib/lianhu/county

[Service]
ExecStart=/usr/local/bin/lianhu-sync-server run --data /var/lib/lianhu/county --listen 0.0.0.0:8443
User=lianhu
Group=lianhu
StateDirectory=lianhu
StateDirectoryMode=0700
UMask=0077
Restart=on-failure
RestartSec=5
TimeoutStopSec=120

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=pid
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_writes_in_one_directory_only_and_can_gain_no_right() {
        for line in [
            "ProtectSystem=strict",
            "ProtectHome=yes",
            "StateDirectory=lianhu",
            "StateDirectoryMode=0700",
            "NoNewPrivileges=yes",
            "CapabilityBoundingSet=",
            "User=lianhu",
        ] {
            assert!(TEXT.lines().any(|there| there == line), "{line}");
        }
        assert!(!TEXT.contains("ReadWritePaths"));
    }

    #[test]
    fn what_is_started_lies_in_the_directory_systemd_makes() {
        let start = TEXT.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
        assert!(start.contains(" --data /var/lib/lianhu/"), "{start}");
        assert!(!start.contains("--plain-http"), "{start}");
    }

    #[test]
    fn every_line_is_a_section_or_a_setting() {
        for line in TEXT.lines().filter(|line| !line.is_empty()) {
            assert!(line.starts_with('[') || line.contains('='), "{line}");
        }
    }
}
