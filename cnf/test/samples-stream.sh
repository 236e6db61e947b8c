# shellcheck shell=bash
# The samples that read streams and names, between real clients and servers. Needs root and namespaces.

# Starts the gateway with the sample's own policy and plug-in.
begin_sample() { # NAME
  mkdir -p "$LAB_DIR/home/plugins"
  cp "$ROOT/target/samples/$1.jar" "$LAB_DIR/home/plugins/"
  lab_gateway
  lab_shell "policy apply ${2:-$ROOT/sample.callouts/${1/-/.}/policy.yaml}" > applied
}

# ---- tls-sni

# Whether a handshake with a server of that name comes to its certificate.
tls_connects() { # NAME [ARG..]
  in_client timeout 5 openssl s_client -connect "$LAB_SERVER4:443" -servername "$1" "${@:2}" < /dev/null 2> /dev/null \
    | grep -F 'BEGIN CERTIFICATE' > /dev/null
}

dropped_by() { # FILTER
  lab_shell 'event list --kind drop --last 200' | grep -F "by $1" > /dev/null
}

# A ClientHello in records of 512 bytes, of which the name is in the second: the filler comes before it.
greet_in_records() { # NAME
  local filler
  filler=$(printf 'a%.0s' {1..250})
  tls_connects "$1" -max_send_frag 512 -alpn "$filler,$filler"
}

test_tls_sni_drops_by_name_wherever_the_hello_is_cut() {
  need openssl
  begin_lab
  openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=lab 2> /dev/null
  lab_start server tls openssl s_server -accept 443 -cert "$PWD/cert.pem" -key "$PWD/key.pem" -www
  lab_await 'the server' grep -q ACCEPT "$LAB_DIR/tls.log"
  begin_sample tls-sni
  tls_connects good.example -tls1_3
  tls_connects good.example -tls1_2
  tls_connects bad.example.org -tls1_3
  greet_in_records good.example
  expect_failure tls_connects bad.example -tls1_3
  expect_failure tls_connects WWW.Bad.Example -tls1_2
  expect_failure greet_in_records www.bad.example
  lab_await 'the events' dropped_by server-names
}

# ---- http-filter

lab_web() {
  lab_start server web python3 "$ROOT/cnf/lab/web.py" 80
  lab_await 'the web server' in_server curl -s --max-time 1 http://localhost/
}

web() { # PATH [ARG..]
  in_client curl -s --max-time 5 --compressed "${@:2}" "http://$LAB_SERVER4$1"
}

says() { # TEXT PATH [ARG..]
  web "${@:2}" | grep -F "$1" > /dev/null
}

test_http_filter_drops_by_host_path_and_words() {
  need python3
  begin_lab
  lab_web
  begin_sample http-filter
  says 'Good morning' /
  says 'Good morning' / -H 'Host: bad.example.org'
  says 'Good morning' '/administrator?/admin'
  says '9 bytes' /post --data 'all-is-ok'
  expect_failure says 'Good morning' / -H 'Host: www.bad.example'
  expect_failure says 'Good morning' '/x/../%61dmin/' --path-as-is
  expect_failure says bytes /post --data 'an EVILPAYLOAD inside'
  web /word > word || true
  web /chunked > chunked || true
  web /gzip > gzip || true
  head -c 100000 /dev/zero | tr '\0' . > long
  says '100000 bytes' /post --data-binary @long
  expect_no_text word EVILPAYLOAD
  expect_no_text chunked EVILPAYLOAD
  expect_no_text gzip EVILPAYLOAD
  # Of what was refused on its way out, the server has not seen a byte.
  expect_no_text "$LAB_DIR/web.log" dmin/
  (($(grep -c POST "$LAB_DIR/web.log") == 2))
  lab_await 'the events' dropped_by web
}

# Of nginx, what the web server above has not: it keeps connections open, compresses by what it is asked for, sends parts of files.
test_http_filter_before_nginx() {
  need nginx
  begin_lab
  mkdir -p "$LAB_DIR/www/admin"
  echo 'Good morning, world' | tee "$LAB_DIR/www/index.html" > "$LAB_DIR/www/admin/index.html"
  echo 'this page says EVILPAYLOAD aloud' > "$LAB_DIR/www/word"
  seq 200000 > "$LAB_DIR/www/numbers"
  lab_nginx "server { listen 80; root $LAB_DIR/www; default_type text/plain; gzip on; gzip_min_length 1; }"
  in_server curl -s --compressed http://localhost/word | grep -F EVILPAYLOAD > /dev/null
  begin_sample http-filter
  says 'Good morning' /
  web /numbers | cmp - "$LAB_DIR/www/numbers"
  [[ $(web /numbers -r 1000000-1000009 | wc -c) == 10 ]]
  # Two requests over one connection, the second of which is refused.
  in_client curl -s --max-time 3 "http://$LAB_SERVER4/" "http://$LAB_SERVER4/admin/" > both || true
  (($(grep -c 'Good morning' both) == 1))
  expect_failure says 'Good morning' / -H 'Host: www.bad.example'
  web /word > word || true
  in_client curl -s --max-time 3 "http://$LAB_SERVER4/word" > plain || true
  expect_no_text word EVILPAYLOAD
  expect_no_text plain EVILPAYLOAD
  # nginx has answered what was stopped on its way back, and has not seen what was stopped on its way out.
  expect_text "$LAB_DIR/asked.log" 'GET /word'
  expect_no_text "$LAB_DIR/asked.log" admin
  lab_await 'the events' dropped_by web
}

# ---- dns-block

resolves() { # NAME [ARG..]
  [[ $(in_client dig +short +time=1 +tries=1 "${@:2}" "@$LAB_SERVER4" "$1" A 2>&1) == *192.0.2.80 ]]
}

# The sample's policy with that many more names.
with_names() { # COUNT
  awk -v count="$1" '/data:/ { print "  - name: bad-names"; print "    data:"; print "      names:"; print "        - bad.example"
    for (i = 0; i < count; i++) print "        - host-" i ".zone-" i % 100 ".test"; next } { print }' \
    "$ROOT/sample.callouts/dns.block/policy.yaml" > names.yaml
}

test_dns_block_blocks_names_and_aliases_over_udp_and_tcp() {
  local way
  need dig python3
  begin_lab
  lab_start server names python3 "$ROOT/cnf/lab/names.py" 53
  lab_await 'the name server' grep -q serving "$LAB_DIR/names.log"
  with_names 100000
  begin_sample dns-block "$PWD/names.yaml"
  for way in +notcp +tcp; do
    resolves good.example "$way"
    resolves notbad.example "$way"
    expect_failure resolves www.BAD.example "$way"
    expect_failure resolves alias.example "$way"
    expect_failure resolves "www.host-99999.zone-99.test" "$way"
    resolves "www.host-99999.zone-98.test" "$way"
  done
  # The questions for blocked names were never heard, the one for the alias was: its answer was stopped.
  expect_no_text "$LAB_DIR/names.log" BAD
  expect_no_text "$LAB_DIR/names.log" zone-99
  (($(grep -c alias.example "$LAB_DIR/names.log") == 2))
  lab_await 'the events' dropped_by dns-streams
}

# ---- stream-edit

test_stream_edit_replaces_in_band_and_out_of_band() {
  local mode sum
  need python3
  begin_lab
  # Its last character is none of what is looked for: a beginning of that is withheld for as long as nothing follows.
  (cd "$LAB_DIR" && { head -c 6000000 /dev/urandom | base64 | tr -d '\n'; echo .; } > bulk && sum=$(sha256sum < bulk) && echo "$sum" > sum)
  lab_start server web bash -c "cd '$LAB_DIR' && exec python3 '$ROOT/cnf/lab/web.py' 80"
  lab_await 'the web server' in_server curl -s --max-time 1 http://localhost/
  for mode in in-band out-of-band; do
    # Of the same length: nobody corrects the length that HTTP says.
    sed "s/find: colour, with: color/find: EVILPAYLOAD, with: finepayload/; s/mode: in-band/mode: $mode/" \
      "$ROOT/sample.callouts/stream.edit/policy.yaml" > "$mode.yaml"
    if [[ $mode == in-band ]]; then
      begin_sample stream-edit "$PWD/$mode.yaml"
    else
      lab_shell "policy apply $PWD/$mode.yaml" > applied
    fi
    says 'this page says finepayload aloud' /word
    # What is compressed is not read.
    says 'this page says EVILPAYLOAD aloud' /gzip
    says '11 bytes' /post --data EVILPAYLOAD
    [[ $(in_client curl -s --max-time 30 "http://$LAB_SERVER4/file/bulk" | sha256sum) == "$(cat "$LAB_DIR/sum")" ]]
  done
}

# ---- ids

# Sends a datagram and says whether it was answered.
noted() { # TEXT
  # shellcheck disable=SC2016
  in_client timeout 4 bash -c 'exec 3<> "/dev/udp/$1/9999"; printf %s "$2" >&3; head -c 5 <&3' _ "$LAB_SERVER4" "$1" | grep -F noted > /dev/null
}

test_ids_drops_by_rules_over_streams_and_datagrams() {
  need python3
  begin_lab
  lab_web
  "$JDK/bin/javac" -d "$LAB_DIR/classes" "$ROOT/cnf/lab/LabServer.java"
  lab_start server note "$JDK/bin/java" -XX:TieredStopAtLevel=1 -cp "$LAB_DIR/classes" LabServer note:9999
  lab_await 'the server' grep -q '^serving' "$LAB_DIR/note.log"
  begin_sample ids
  says 'Good morning' /
  web /word > word || true
  expect_no_text word EVILPAYLOAD
  # Rules are about the bytes of the stream: what is compressed or cut over two chunks is something else to them, and what the
  # client says is not what this rule is about.
  says EVILPAYLOAD /gzip
  says EVILPAYLOAD /chunked
  says '24 bytes' /post --data 'this says EVILPAYLOAD ok'
  noted 'a beacon'
  expect_failure noted 'beacon of mine'
  expect_no_text "$LAB_DIR/note.log" 'beacon of mine'
  lab_await 'the events' dropped_by ids-streams
}

# ---- clamav

# Debian's clamd with one signature of its own, the MD5 and size of EICAR's test file: nothing is downloaded.
lab_clamd() {
  mkdir -p "$LAB_DIR/signatures"
  printf '44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test\n' > "$LAB_DIR/signatures/eicar.hdb"
  printf '%s\n' 'Foreground yes' "LocalSocket $LAB_DIR/clamd.ctl" "DatabaseDirectory $LAB_DIR/signatures" > "$LAB_DIR/clamd.conf"
  lab_start gateway clamd clamd -c "$LAB_DIR/clamd.conf"
  lab_await clamd test -S "$LAB_DIR/clamd.ctl"
}

test_clamav_lets_no_infected_file_pass() {
  need python3 clamd
  begin_lab
  # Cut in two, so that no scanner takes this file for one.
  printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$' 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*' > "$LAB_DIR/eicar"
  head -c 3000000 /dev/urandom > "$LAB_DIR/bulk"
  lab_start server web bash -c "cd '$LAB_DIR' && exec python3 '$ROOT/cnf/lab/web.py' 80"
  lab_await 'the web server' in_server curl -s --max-time 1 http://localhost/
  lab_clamd
  sed "s|/run/clamav/clamd.ctl|$LAB_DIR/clamd.ctl|" "$ROOT/sample.callouts/clamav/policy.yaml" > scan.yaml
  begin_sample clamav "$PWD/scan.yaml"
  says 'Good morning' /
  says EVILPAYLOAD /gzip
  in_client curl -s --max-time 20 "http://$LAB_SERVER4/file/bulk" | cmp - "$LAB_DIR/bulk"
  says '9 bytes' /post --data all-is-ok
  web /file/eicar > eicar || true
  expect_empty eicar
  web /post --data-binary "@$LAB_DIR/eicar" > posted || true
  expect_empty posted
  (($(grep -c POST "$LAB_DIR/web.log") == 1))
}
