#include "shared/app/process_metrics.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>

namespace fsft::app {
namespace {

class ProcessMetricsTest : public testing::Test {
 protected:
  double Read(const char* name) {
    (void)registry_.Serialize();
    return registry_.AddGauge(name, "").Value();
  }
  double ReadCpu() {
    (void)registry_.Serialize();
    return registry_.AddCounter("process_cpu_seconds_total", "").Value();
  }

  metrics::Registry registry_;
  const ProcessMetrics process_{registry_, "1.2.3"};
};

TEST_F(ProcessMetricsTest, TellWhichBuildRuns) {
  EXPECT_THAT(registry_.Serialize(), testing::HasSubstr("fsft_build_info{version=\"1.2.3\"} 1\n"));
}

TEST_F(ProcessMetricsTest, CountOpenDescriptors) {
  const double before = Read("process_open_fds");
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(Read("process_open_fds"), before + 1);
  close(fd);
  EXPECT_EQ(Read("process_open_fds"), before);
  EXPECT_GT(Read("process_max_fds"), before);
}

TEST_F(ProcessMetricsTest, AddUpProcessorTimeOnce) {
  const double before = ReadCpu();
  const std::clock_t begun = std::clock();
  while (std::clock() - begun < CLOCKS_PER_SEC / 5) {
  }
  const double used = ReadCpu();
  EXPECT_GE(used, before + 0.1);
  EXPECT_LE(used, static_cast<double>(std::clock()) / CLOCKS_PER_SEC + 0.1);
}

TEST_F(ProcessMetricsTest, TellMemoryThreadsAndAge) {
  EXPECT_GT(Read("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(Read("process_virtual_memory_bytes"), Read("process_resident_memory_bytes"));
  EXPECT_GE(Read("process_threads"), 1);
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_LE(Read("process_start_time_seconds"), now + 1);
  EXPECT_GT(Read("process_start_time_seconds"), now - 86'400);
}

}  // namespace
}  // namespace fsft::app
