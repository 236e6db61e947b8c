# shellcheck shell=bash
# Finds what is missing on this machine, and installs it where that is ours to do: as root, on Debian and its kin.

readonly MAVEN_MINIMUM=3.8

is_root() {
  ((EUID == 0))
}

is_debian() {
  command -v apt-get > /dev/null && command -v dpkg > /dev/null
}

has_libpcap() {
  local library
  for library in /usr/lib/*/libpcap.so* /usr/lib/libpcap.so* /usr/lib64/libpcap.so* /lib/*/libpcap.so*; do
    [[ -e $library ]] && return 0
  done
  return 1
}

# Each missing thing as its Debian package, one per line.
missing_packages() { # [build]
  find_jdk || printf '%s\n' openjdk-17-jdk-headless
  has_libpcap || printf '%s\n' libpcap0.8
  [[ ${1:-} != build ]] || command -v mvn > /dev/null || printf '%s\n' maven
}

# After this, JDK is set and everything is there; with 'build', Maven too.
ensure_packages() { # [build]
  local missing
  # A wrong SALLYPORT_JAVA_HOME is the user's to correct; a package would not help.
  [[ -z ${SALLYPORT_JAVA_HOME:-} ]] || find_jdk
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} > 0)); then
    install_packages "${missing[@]}"
  fi
  find_jdk || fail "no JDK $JDK_MINIMUM or newer was found"
}

# What the live gateway asks the kernel with, beside libpcap; each as COMMAND:PACKAGE OF DEBIAN.
readonly GATEWAY_TOOLS=(nft:nftables ethtool:ethtool ip:iproute2)
# What the demo's clients are.
readonly DEMO_TOOLS=("${GATEWAY_TOOLS[@]}" curl:curl dig:bind9-dnsutils)
# What the tests between two networks use.
readonly TEST_TOOLS=("${DEMO_TOOLS[@]}" ping:iputils-ping iperf3:iperf3 nc:netcat-openbsd tcpdump:tcpdump tmux:tmux
  traceroute:traceroute tracepath:iputils-tracepath openssl:openssl python3:python3-minimal nginx:nginx-light clamd:clamav-daemon)
# The daemons that come with them, which nobody asked for: tests start programs with settings of their own.
readonly TEST_DAEMONS=(nginx.service clamav-daemon.service clamav-daemon.socket clamav-freshclam.service)
UNIT_FOLDER=/lib/systemd/system
POLICY_RC=/usr/sbin/policy-rc.d

# The packages of those that are missing, one per line.
missing_tools() { # COMMAND:PACKAGE..
  local tool
  for tool; do
    command -v "${tool%%:*}" > /dev/null || printf '%s\n' "${tool#*:}"
  done
}

ensure_tools() { # COMMAND:PACKAGE..
  local missing
  mapfile -t missing < <(missing_tools "$@")
  if ((${#missing[@]} > 0)); then
    install_packages "${missing[@]}"
  fi
}

# Installs what can be installed; what is missing afterwards is for the caller to find out, and to do without.
try_tools() { # COMMAND:PACKAGE..
  ! is_root || ! is_debian || (ensure_tools "$@") || true
}

install_packages() { # PACKAGE..
  is_debian || fail "missing, by the names of Debian's packages: $* (a JDK must be >= $JDK_MINIMUM, Maven >= $MAVEN_MINIMUM)"
  is_root || fail "missing: $*; install with: sudo apt-get install $*"
  say "installing $*"
  without_daemons apt_install "$@" || fail "could not install $*; see target/packages.log"
}

# Runs a command so that of TEST_DAEMONS none that it installs runs afterwards, or after the next boot. Those that were there
# before are the administrator's; so is a policy-rc.d that is there.
without_daemons() { # COMMAND..
  (
    status=0
    mapfile -t known < <(daemon_units)
    if is_root && [[ ! -e $POLICY_RC ]]; then
      trap 'rm -f "$POLICY_RC"' EXIT
      # shellcheck disable=SC2016
      printf '%s\n' '#!/bin/sh' 'case "$*" in *nginx*|*clamav*) exit 101 ;; esac' > "$POLICY_RC"
      chmod 755 "$POLICY_RC"
    fi
    "$@" || status=$?
    while read -r unit; do
      [[ " ${known[*]} " == *" $unit "* ]] || disable_daemon "$unit" || true
    done < <(daemon_units)
    exit "$status"
  )
}

# Those of TEST_DAEMONS that are installed, one per line.
daemon_units() {
  local unit
  for unit in "${TEST_DAEMONS[@]}"; do
    [[ ! -e $UNIT_FOLDER/$unit ]] || printf '%s\n' "$unit"
  done
}

disable_daemon() { # UNIT
  if command -v systemctl > /dev/null; then
    systemctl disable "$1" >> "$ROOT/target/packages.log" 2>&1
  elif [[ $1 == *.service ]]; then
    update-rc.d "${1%.service}" disable >> "$ROOT/target/packages.log" 2>&1
  fi
}

# The package lists may be absent or old: fetch them once, only if the first try shows that they are needed.
apt_install() { # PACKAGE..
  local log=$ROOT/target/packages.log
  mkdir -p "$ROOT/target"
  apt_get install --no-install-recommends "$@" > "$log" 2>&1 && return
  apt_get update >> "$log" 2>&1
  apt_get install --no-install-recommends "$@" >> "$log" 2>&1
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@" < /dev/null
}

check_maven() {
  local version
  version=$(JAVA_HOME=$JDK mvn -Dstyle.color=never -v 2> /dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)
  [[ -n $version ]] || fail 'mvn does not run; try: mvn -v'
  if [[ $(printf '%s\n' "$MAVEN_MINIMUM" "$version" | sort -V | head -n 1) != "$MAVEN_MINIMUM" ]]; then
    fail "Maven $MAVEN_MINIMUM or newer is needed, but $(command -v mvn) is $version"
  fi
}
