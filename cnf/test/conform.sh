# shellcheck shell=bash
# The conformance suite over finished jars, from the command line.

test_a_sample_conforms() {
  sallyport plugin conform "$ROOT/target/samples/count.jar"
  expect_exit 0
  expect_text out 'CleanUninstall: held'
  expect_text out 'io.sallyport.sample.count 0.1.0'
  expect_text out 'conforms: 9 checks held'
  sallyport plugin conform "$ROOT/target/samples/count.jar" -o json
  expect_exit 0
  expect_text out '"conforms":true'
}

test_a_misbehaving_jar_does_not_and_the_check_is_named() {
  sed 's/callout-inspection/callout-terminating/' "$ROOT/sample.callouts/count/policy.yaml" > terminating.yaml
  sallyport plugin conform "$ROOT/target/samples/count.jar" --policy terminating.yaml
  expect_exit 1
  expect_text out 'MaintainOneTerminating: failed: '
  expect_text out 'does not conform: 1 of 9 checks did not hold'
  sallyport plugin conform "$ROOT/target/samples/count.jar" --limit 1
  expect_exit 1
  expect_text err 'the checks did not come to their end within 1 s'
}

test_what_cannot_be_tried_is_told() {
  sallyport plugin conform
  expect_exit 2
  sallyport plugin conform "$ROOT/target/samples/count.jar" --polcy x
  expect_exit 2
  expect_text err "plugin conform does not know '--polcy'"
  sallyport plugin conform none.jar
  expect_exit 4
  expect_text err 'it cannot be read'
  echo text > text.jar
  sallyport plugin conform text.jar
  expect_exit 4
}
