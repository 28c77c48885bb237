// Reading and writing of files, and errors of both.
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "samples.hpp"

using namespace vnuma::test;

namespace {

const Sample proposal = samples[0];

void require_one_line(const Result& result, const std::string& beginning, const std::vector<std::string>& words) {
  BOOST_TEST_CONTEXT(result.err) {
    BOOST_TEST(result.status == 1);
    BOOST_TEST(result.out == "");
    BOOST_TEST(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    BOOST_TEST(result.err.starts_with("vnuma: " + beginning + ": "));
    for (const std::string& word : words) BOOST_TEST(result.err.find(word) != std::string::npos, word);
  }
}

std::size_t entries(const TemporaryFolder& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), {}));
}

struct stat status_of(const std::string& file) {
  struct stat status{};
  if (::lstat(file.c_str(), &status) < 0) throw std::system_error(errno, std::generic_category(), file);
  return status;
}

// Runs a copy of the tool as the user "nobody", in a folder that this user may read; nullopt if this is not permitted.
std::optional<Result> run_as_nobody(const TemporaryFolder& folder, std::vector<std::string> words) {
  const std::string tool = folder / "vnuma";
  fs::copy_file(VNUMA_TOOL, tool, fs::copy_options::overwrite_existing);
  std::vector<std::string> command{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool};
  auto version = command;
  version.push_back("--version");
  if (run(version).status != 0) return std::nullopt;
  command.insert(command.end(), words.begin(), words.end());
  return run(command);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reading)

BOOST_AUTO_TEST_CASE(a_folder_is_refused_as_an_input) {
  const TemporaryFolder folder;
  const std::string name = folder.path().string();
  const std::vector<std::string> words{"cannot be read", "Is a directory", "name a file"};
  require_one_line(run_vnuma({"place", name}), name, words);
  require_one_line(place(proposal, {"--capabilities", name}), name, words);
  require_one_line(place(proposal, {"--kubevirt", name}), name, words);
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_refused) {
  const TemporaryFolder folder;
  const std::string name = folder / "none";
  const std::vector<std::string> words{"cannot be read", "No such file", "name an existing file"};
  require_one_line(run_vnuma({"place", name}), name, words);
  require_one_line(place(proposal, {"--capabilities", name}), name, words);
  require_one_line(place(proposal, {"--kubevirt", name}), name, words);
}

BOOST_AUTO_TEST_CASE(a_read_error_is_reported) {
  // A process may open its own memory, but nothing is at address 0.
  require_one_line(run_vnuma({"place", "/proc/self/mem"}), "/proc/self/mem", {"cannot be read", "Input/output error"});
}

BOOST_AUTO_TEST_CASE(a_file_without_read_permission_is_refused) {
  const TemporaryFolder folder;
  const std::string name = folder.write("secret.xml", read(domain_file("proposal")));
  fs::permissions(name, fs::perms::none);
  const auto result = ::geteuid() == 0 ? run_as_nobody(folder, {"place", name}) : run_vnuma({"place", name});
  BOOST_WARN_MESSAGE(result, "not tested: root reads everything, and setpriv does not work here");
  if (result) require_one_line(*result, name, {"cannot be read", "Permission denied", "make it readable"});
}

BOOST_AUTO_TEST_CASE(an_endless_file_is_refused) {
  require_one_line(run_vnuma({"place", "/dev/zero"}), "/dev/zero", {"is larger than 64 MiB"});
}

BOOST_AUTO_TEST_CASE(a_file_name_with_newlines_makes_one_line) {
  const TemporaryFolder folder;
  require_one_line(run_vnuma({"place", folder / "a\nvnuma: b\x1b[2J"}), folder / "a\\nvnuma: b\\x1b[2J", {"No such"});
  const std::string file = folder.write("a\nb\xff.xml", "<network/>");
  require_one_line(run_vnuma({"place", file}), folder / "a\\nb\\xff.xml:1:1", {"<network>"});
  require_one_line(run_vnuma({"place", domain_file("proposal"), "--sysfs", folder / "a\nb"}), folder / "a\\nb",
                   {"is not the root of a sysfs tree"});
}

BOOST_AUTO_TEST_CASE(a_file_name_in_utf8_is_shown_as_it_is) {
  const TemporaryFolder folder;
  require_one_line(run_vnuma({"place", folder / "größe 数.xml"}), folder / "größe 数.xml", {"No such file"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(writing)

BOOST_AUTO_TEST_CASE(a_folder_is_refused_as_output) {
  const TemporaryFolder folder;
  require_one_line(place(proposal, {"-o", folder.path().string()}), folder.path().string(),
                   {"cannot be written", "Is a directory", "name a file"});
  BOOST_TEST(entries(folder) == 0U);
}

BOOST_AUTO_TEST_CASE(an_output_in_a_missing_folder_is_refused) {
  const TemporaryFolder folder;
  require_one_line(place(proposal, {"-o", folder / "none/placed.xml"}), folder / "none/placed.xml",
                   {"cannot be written", "No such file", "name a file in an existing folder"});
  require_one_line(place(proposal, {"-o", folder.write("file", "") + "/placed.xml"}), folder / "file/placed.xml",
                   {"cannot be written", "Not a directory"});
  BOOST_TEST(entries(folder) == 1U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_reported) {
  require_one_line(place(proposal, {"-o", "/dev/full"}), "/dev/full",
                   {"cannot be written", "No space left on device", "free some space"});
}

BOOST_AUTO_TEST_CASE(a_full_standard_output_is_reported) {
  const Result result = run_vnuma({"place", domain_file("proposal"), "--sysfs", sysfs("eight-node")}, "", "/dev/full");
  require_one_line(result, "standard output", {"cannot be written", "No space left on device"});
  BOOST_TEST(run_vnuma({"--help"}, "", "/dev/full").status == 1);
  BOOST_TEST(run_vnuma({"place", "--help"}, "", "/dev/full").status == 1);
  BOOST_TEST(run_vnuma({"--version"}, "", "/dev/full").status == 1);
}

// Nobody can read why, so only the status says it.
BOOST_AUTO_TEST_CASE(a_report_that_cannot_be_written_is_an_error_and_the_output_file_stays) {
  const TemporaryFolder folder;
  const std::string file = folder / "placed.xml";
  const auto status = [&](const std::string& redirection, const std::string& report) {
    return run({"sh", "-c", "exec \"$@\" " + redirection, "sh", VNUMA_TOOL, "place", domain_file("proposal"), "--sysfs",
                sysfs("eight-node"), "-o", file, "--report", report})
        .status;
  };
  for (const char* report : {"text", "json"}) {
    BOOST_TEST(status("2>/dev/full", report) == 1);
    BOOST_TEST(entries(folder) == 0U);
  }
  folder.write("placed.xml", "old");
  BOOST_TEST(status("2>/dev/full", "text") == 1);
  BOOST_TEST(read(file) == "old");
  BOOST_TEST(entries(folder) == 1U);
  BOOST_TEST(status("2>/dev/full", "none") == 0);
  BOOST_TEST(read(file) == place(proposal).out);
  BOOST_TEST(status("2>&-", "text") == 0);  // nobody wants a report
}

// The domain is complete.
BOOST_AUTO_TEST_CASE(with_the_domain_on_standard_output_the_status_says_that_the_report_is_missing) {
  const Result result = run({"sh", "-c", "exec \"$@\" 2>/dev/full", "sh", VNUMA_TOOL, "place", domain_file("proposal"),
                             "--sysfs", sysfs("eight-node")});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(a_write_error_keeps_the_old_file) {
  // With SIGXFSZ ignored, the write fails like on a full disk, after a first block.
  const TemporaryFolder folder;
  const std::string file = folder.write("placed.xml", "old");
  const Result result = run({"sh", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh", VNUMA_TOOL, "place",
                             domain_file("eight-gpu"), "--sysfs", sysfs("two-socket-eight-gpu"), "-o", file});
  require_one_line(result, file, {"cannot be written", "File too large"});
  BOOST_TEST(read(file) == "old");
  BOOST_TEST(entries(folder) == 1U);
}

BOOST_AUTO_TEST_CASE(a_closed_pipe_is_reported) {
  const TemporaryFolder folder;
  const std::string fifo = folder / "fifo";
  const Result result = run({"sh", "-c", "{ sleep 1; exec \"$@\"; } | true", "sh", VNUMA_TOOL, "place",
                             domain_file("proposal"), "--sysfs", sysfs("eight-node")});
  BOOST_TEST(result.err.starts_with("vnuma: standard output: cannot be written: Broken pipe; "));
}

BOOST_AUTO_TEST_CASE(a_new_file_has_the_mode_of_the_umask) {
  const TemporaryFolder folder;
  const Result result = run({"sh", "-c", "umask 027; exec \"$@\"", "sh", VNUMA_TOOL, "place", domain_file("proposal"),
                             "--sysfs", sysfs("eight-node"), "-o", folder / "placed.xml"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST((status_of(folder / "placed.xml").st_mode & 07777) == 0640U);
}

BOOST_AUTO_TEST_CASE(a_replaced_file_keeps_mode_and_owner) {
  const TemporaryFolder folder;
  const std::string file = folder.write("placed.xml", "old");
  ::chmod(file.c_str(), 0604);
  const bool given = ::chown(file.c_str(), 65534, 65534) == 0;
  BOOST_TEST(place(proposal, {"-o", file}).status == 0);
  const struct stat status = status_of(file);
  BOOST_TEST((status.st_mode & 07777) == 0604U);
  if (given) BOOST_TEST(status.st_uid == 65534U);
  BOOST_TEST(read(file) == place(proposal).out);
  BOOST_TEST(entries(folder) == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_without_write_permission_is_not_replaced) {
  const TemporaryFolder folder;
  const std::string file = folder.write("open/placed.xml", "old");
  fs::permissions(folder / "open", fs::perms::all);
  ::chmod(file.c_str(), 0444);
  const std::string domain = folder.write("domain.xml", "<domain/>");
  const std::vector<std::string> words{"place", domain, "-o", file};
  const auto result = ::geteuid() == 0 ? run_as_nobody(folder, words) : run_vnuma(words);
  BOOST_WARN_MESSAGE(result, "not tested: root writes everywhere, and setpriv does not work here");
  if (result) require_one_line(*result, file, {"cannot be written", "Permission denied", "may write"});
  BOOST_TEST(read(file) == "old");
}

BOOST_AUTO_TEST_CASE(the_input_may_be_the_output) {
  const TemporaryFolder folder;
  const std::string file = folder.write("domain.xml", read(domain_file("proposal")));
  BOOST_TEST(run_vnuma({"place", file, "--sysfs", sysfs("eight-node"), "-o", file}).status == 0);
  BOOST_TEST(read(file) == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(no_other_input_may_be_the_output) {
  const TemporaryFolder folder;
  const std::string content = run_vnuma({"capture", "--sysfs", sysfs("eight-node")}).out;
  const std::string snapshot = folder.write("host.json", content);
  fs::create_symlink(snapshot, folder / "link");
  fs::create_hard_link(snapshot, folder / "other");
  const auto refused = [&](const std::string& option, const std::string& input, const std::string& output) {
    const Result result = run_vnuma({"place", domain_file("proposal"), option, input, "-o", output});
    BOOST_TEST(result.status == 2);
    BOOST_TEST(result.err == fmt::format("vnuma: --output {} would overwrite the input {} {}; name another file\n",
                                         output, option, input));
    BOOST_TEST(read(snapshot) == content);
  };
  refused("--host", snapshot, snapshot);
  refused("--host", snapshot, folder / "link");
  refused("--host", folder / "other", snapshot);
  refused("--capabilities", snapshot, folder / "../" + folder.path().filename().string() + "/host.json");
  refused("--kubevirt", snapshot, snapshot);
  const std::string manifest = folder.write("vm.yaml", read(example("vmi/proposal.yaml")));
  BOOST_TEST(run_vnuma({"generate", "--vmi", manifest, "--cpuset", "0", "-o", manifest}).status == 2);
  BOOST_TEST(read(manifest) == read(example("vmi/proposal.yaml")));
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_stays_and_its_target_is_replaced) {
  const TemporaryFolder folder;
  folder.write("store/placed.xml", "old");
  fs::create_symlink("store/placed.xml", folder / "second");
  fs::create_symlink("second", folder / "first");
  BOOST_TEST(place(proposal, {"-o", folder / "first"}).status == 0);
  BOOST_TEST(fs::read_symlink(folder / "first") == "second");
  BOOST_TEST(fs::read_symlink(folder / "second") == "store/placed.xml");
  BOOST_TEST(read(folder / "store/placed.xml") == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_to_a_missing_file_creates_the_file) {
  const TemporaryFolder folder;
  fs::create_symlink("placed.xml", folder / "link");
  BOOST_TEST(place(proposal, {"-o", folder / "link"}).status == 0);
  BOOST_TEST(fs::is_symlink(folder / "link"));
  BOOST_TEST(read(folder / "placed.xml") == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_to_itself_is_refused) {
  const TemporaryFolder folder;
  fs::create_symlink("loop", folder / "loop");
  require_one_line(place(proposal, {"-o", folder / "loop"}), folder / "loop", {"cannot be written"});
  BOOST_TEST(fs::is_symlink(folder / "loop"));
  BOOST_TEST(entries(folder) == 1U);
}

BOOST_AUTO_TEST_CASE(a_device_file_is_written_directly) {
  BOOST_TEST(place(proposal, {"-o", "/dev/null"}).status == 0);
  BOOST_TEST(fs::is_character_file("/dev/null"));
}

BOOST_AUTO_TEST_SUITE_END()
