# shellcheck shell=bash disable=SC2317,SC2034
# What is missing is installed by root on Debian, and named to everybody else. No package is installed here.

load() {
  # shellcheck source=cnf/script/say.sh
  source "$ROOT/cnf/script/say.sh"
  # shellcheck source=cnf/script/jdk.sh
  source "$ROOT/cnf/script/jdk.sh"
  # shellcheck source=cnf/script/packages.sh
  source "$ROOT/cnf/script/packages.sh"
  ROOT=$PWD
  has_libpcap() { false; }
}

# An apt-get that writes down what it is asked for and fails as often as told.
fake_apt() { # FAILURES
  FAILURES=$1
  apt_get() {
    printf '%s\n' "$*" >> calls
    [[ $1 != install ]] || ((FAILURES-- <= 0))
  }
}

test_missing_library_is_installed() {
  load
  fake_apt 0
  is_debian() { true; }
  as_root install_packages libpcap0.8 2> err
  expect_text err 'installing libpcap0.8'
  expect_text calls 'install --no-install-recommends libpcap0.8'
  expect_no_text calls update
}

test_package_lists_are_fetched_once_when_needed() {
  load
  fake_apt 1
  is_debian() { true; }
  as_root install_packages libpcap0.8 maven 2> err
  [[ $(tr '\n' ';' < calls) == 'install --no-install-recommends libpcap0.8 maven;update;install --no-install-recommends libpcap0.8 maven;' ]] \
    || give_up "$(cat calls)"
}

test_a_failed_installation_is_exit_1() {
  load
  fake_apt 9
  is_debian() { true; }
  STATUS=0
  (as_root install_packages libpcap0.8) 2> err || STATUS=$?
  expect_exit 1
  expect_text err 'could not install libpcap0.8'
}

test_without_root_the_command_is_told() {
  load
  is_debian() { true; }
  is_root() { false; }
  STATUS=0
  (install_packages libpcap0.8 maven) 2> err || STATUS=$?
  expect_exit 1
  expect_text err 'sudo apt-get install libpcap0.8 maven'
}

test_maven_is_asked_for_only_to_build() {
  load
  command() { false; } # no mvn
  find_jdk() { true; }
  [[ $(missing_packages) == libpcap0.8 ]]
  [[ $(missing_packages build) == $'libpcap0.8\nmaven' ]]
}

as_root() {
  is_root() { true; }
  "$@"
}

test_missing_tools_are_named_by_their_packages() {
  load
  [[ $(missing_tools bash:bash no-such-tool:such-package) == such-package ]]
}

test_what_cannot_be_installed_is_done_without() {
  load
  fake_apt 9
  is_debian() { true; }
  is_root() { true; }
  try_tools no-such-tool:such-package 2> err
  expect_text err 'could not install such-package'
  expect_text calls such-package
}
