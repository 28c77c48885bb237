# The table of benchmarks/run from lines of a name and a number.
{ figure[$1] = $2 }

function of(name) {
  if (!(name in figure)) { printf "benchmarks/run: nothing was measured for %s\n", name > "/dev/stderr"; exit failed = 1 }
  return figure[name]
}
function time(us) {
  if (us < 1000) return sprintf("%.1f us", us)
  return us < 1000000 ? sprintf("%.2f ms", us / 1000) : sprintf("%.2f s", us / 1000000)
}
# A line: what is met if `value` is at most `most`, or, for a negative one, at least the number behind the minus.
function line(what, ours, yardstick, ratio, target, value, most,   met) {
  met = most == "" ? "" : (most < 0 ? value >= -most : value <= most) ? "met" : "missed"
  if (style == "markdown") { printf "| %s | %s | %s | %s | %s | %s |\n", what, ours, yardstick, ratio, target, met; return }
  printf "%-52s  %9s  %28s  %6s  %10s  %s\n", what, ours, yardstick, ratio, target, met
}
# Times, of which the ratio is to be small.
function compare(what, ours, yardstick, name, most) {
  line(what, time(ours), time(yardstick) " " name, sprintf("%.2f", ours / yardstick),
       most == "" ? "" : "<= " most, ours / yardstick, most)
}
function at_most(what, ours, shown, most, shown_most) { line(what, shown, "", "", "<= " shown_most, ours, most) }

END {
  if (failed) exit 1
  if (style == "markdown") print "| what | ours | yardstick | ratio | target | |\n|---|---|---|---|---|---|"
  else printf "%-52s  %9s  %28s  %6s  %10s\n", "WHAT", "OURS", "YARDSTICK", "RATIO", "TARGET"
  documents = split("kubevirt libvirt eight-gpu", document, " ")
  for (i = 1; i <= documents; i++) {
    d = document[i]
    both = of(d "/from_xml") + of(d "/to_xml")
    compare("1 from_xml + to_xml, " d, both, of(d "/libxml2_tree"), "libxml2's tree", 0.5)
    compare("2 to_xml, " d, of(d "/to_xml"), of(d "/pugixml_print"), "pugixml's print", 2)
    compare("  for comparison: from_xml, " d, of(d "/from_xml"), of(d "/sax"), "libxml2's SAX2", "")
    compare("  for comparison: both, " d, both, of(d "/ptree_read") + of(d "/ptree_write"), "PropertyTree", "")
  }
  for (i = 1; i <= 2; i++) {
    name = i == 1 ? "plan_and_apply/" : "beside_1000_others/"
    where = i == 1 ? "" : " beside 1,000 others"
    at_most("3 plan + apply, 8 devices" where, of(name 8), time(of(name 8)), 20, "20 us")
    at_most("3 plan + apply, 200 devices" where, of(name 200), time(of(name 200)), 1000, "1 ms")
    growth = log(of(name 200) / of(name 25)) / log(8)
    at_most("3 exponent of growth, 25 to 200" where, growth, sprintf("%.2f", growth), 1.1, "1.1")
  }
  compare("4 read_sysfs, 200 PCI devices", of("all/read_sysfs"), of("all/open_and_read"), "open and read", 1.5)
  compare("  for comparison: of these, what 8 devices need", of("eight/read_sysfs"), of("all/read_sysfs"), "all", "")
  compare("5 vnuma place, the process", of("process/place"), of("process/xmllint"), "xmllint --noout", 2)
  ratio = of("process/place_kb") / of("process/xmllint_kb")
  line("5 vnuma place, peak memory", sprintf("%.1f MB", of("process/place_kb") / 1024),
       sprintf("%.1f MB xmllint --noout", of("process/xmllint_kb") / 1024), sprintf("%.2f", ratio), "<= 2", ratio, 2)
  for (i = 1; i <= documents; i++) {
    d = document[i]
    ratio = of("held/" d) / of("text/" d)
    line("6 a parsed domain, " d, sprintf("%.0f KB", of("held/" d) / 1024), sprintf("%.1f KB its text", of("text/" d) / 1024),
         sprintf("%.1f", ratio), "<= 12", ratio, 12)
  }
  ratio = of("resident_kb/100000") / of("resident_kb/1000")
  line("6 the process after 100,000 domains", sprintf("%.1f MB", of("resident_kb/100000") / 1024),
       sprintf("%.1f MB after 1,000", of("resident_kb/1000") / 1024), sprintf("%.2f", ratio), "<= 1.02", ratio, 1.02)
  ratio = of("fleet/one") / of("fleet/all")
  least = 0.9 * cores
  line("7 10,000 domains on " cores " cores", time(of("fleet/all")), time(of("fleet/one")) " on one",
       sprintf("%.2f", ratio), ">= " least, ratio, -least)
}
