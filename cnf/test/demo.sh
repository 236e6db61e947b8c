# shellcheck shell=bash

test_the_live_demo_does_what_it_says() {
  ((EUID == 0)) || skip 'network namespaces need root'
  sallyport demo
  expect_exit 0
  expect_text out 'A lab of three network namespaces'
  expect_text out 'Each step did what it says.'
  expect_no_text out 'FAILED'
  expect_empty err
}

# What root may not do here, nobody may: make a network namespace.
test_the_demo_on_a_capture_does_what_it_says() {
  ((EUID != 0)) || SALLYPORT=(setpriv --bounding-set -sys_admin "$SALLYPORT")
  STATUS=0
  "${SALLYPORT[@]}" demo > out 2> err || STATUS=$?
  expect_text out 'No live story here'
  expect_exit 0
  expect_text out 'Each step did what it says.'
  expect_no_text out 'FAILED'
}

# The committed capture and its generator must not drift apart.
test_the_capture_is_what_its_generator_makes() {
  "$SALLYPORT_JAVA_HOME/bin/java" "$ROOT/cnf/demo/MakeDemoCapture.java" demo.pcap
  cmp demo.pcap "$ROOT/cnf/demo/demo.pcap"
}
