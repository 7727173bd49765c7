#include "shared/app/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/numbers.h"

namespace fsft::app {
namespace {

// The fields of /proc/self/stat after the program's name, which is in parentheses and may hold
// anything; `man 5 proc` counts the first of them as 3.
std::vector<std::string> StatFields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream rest(line.substr(line.rfind(')') + 1));
  std::vector<std::string> fields(3);
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

double NumberAt(const std::vector<std::string>& fields, size_t place) {
  double number = 0;
  if (place < fields.size() && !absl::SimpleAtod(fields[place], &number)) return 0;
  return number;
}

// Seconds since 1970 at which the machine was started; processes count from there.
double BootTime() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

double OpenDescriptors() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // one is this look's
}

double MostDescriptors() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

}  // namespace

ProcessMetrics::ProcessMetrics(metrics::Registry& registry, const std::string& version)
    : cpu_(registry.AddCounter("process_cpu_seconds_total", "Processor time used, in seconds.")),
      resident_(registry.AddGauge("process_resident_memory_bytes", "Memory in use, in bytes.")),
      virtual_(
          registry.AddGauge("process_virtual_memory_bytes", "Address space in use, in bytes.")),
      threads_(registry.AddGauge("process_threads", "Threads.")),
      open_fds_(registry.AddGauge("process_open_fds", "Open file descriptors.")),
      max_fds_(registry.AddGauge("process_max_fds", "How many file descriptors may be open.")),
      start_(registry.AddGauge("process_start_time_seconds",
                               "When the process was started, in seconds since 1970.")) {
  registry
      .AddGauge("fsft_build_info", "1; the label says which build this is.", {{"version", version}})
      .Set(1);
  max_fds_.Set(MostDescriptors());
  registry.RefreshWith([this] { Read(); });
}

void ProcessMetrics::Read() {
  constexpr size_t kUserTime = 14, kSystemTime = 15, kThreads = 20, kStart = 22, kVirtual = 23,
                   kResident = 24;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  // Fields are counted from 1.
  std::vector<std::string> fields = StatFields();
  const double cpu = (NumberAt(fields, kUserTime) + NumberAt(fields, kSystemTime)) / ticks;
  cpu_.Add(cpu - cpu_.Value());
  resident_.Set(NumberAt(fields, kResident) * page);
  virtual_.Set(NumberAt(fields, kVirtual));
  threads_.Set(NumberAt(fields, kThreads));
  start_.Set(BootTime() + NumberAt(fields, kStart) / ticks);
  open_fds_.Set(OpenDescriptors());
}

}  // namespace fsft::app
