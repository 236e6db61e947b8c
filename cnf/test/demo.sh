# shellcheck shell=bash

test_the_demo_does_what_it_says() {
  sallyport demo
  expect_exit 0
  expect_text out 'Each step did what it says.'
  expect_no_text out 'FAILED'
}

# The committed capture and its generator must not drift apart.
test_the_capture_is_what_its_generator_makes() {
  "$SALLYPORT_JAVA_HOME/bin/java" "$ROOT/cnf/demo/MakeDemoCapture.java" demo.pcap
  cmp demo.pcap "$ROOT/cnf/demo/demo.pcap"
}
