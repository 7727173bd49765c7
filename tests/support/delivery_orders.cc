#include "tests/support/delivery_orders.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <thread>

namespace fsft::test {
namespace {

std::vector<Batch> Cut(const std::vector<Message>& messages) {
  std::vector<Batch> batches;
  for (size_t i = 0; i < messages.size(); i += kBatch) {
    const size_t end = std::min(messages.size(), i + kBatch);
    batches.emplace_back(messages.begin() + i, messages.begin() + end);
  }
  return batches;
}

}  // namespace

std::vector<Batch> EveryPermutation(int together) {
  std::vector<std::vector<int>> permutations;
  std::vector<int> versions(kVersions);
  std::iota(versions.begin(), versions.end(), 1);
  do {
    permutations.push_back(versions);
  } while (std::next_permutation(versions.begin(), versions.end()));

  std::vector<Message> messages;
  for (int time = 0; time < 2; ++time) {
    for (int from = 0; from < kVersions; from += together) {
      for (int order = 0; order < kPermutations; ++order) {
        for (int i = from; i < std::min(from + together, kVersions); ++i)
          messages.push_back({.order = order, .version = permutations[order][i]});
      }
    }
  }
  return Cut(messages);
}

void DeliverFromFourThreads(int orders, unsigned seed,
                            const std::function<void(const Batch&)>& deliver) {
  std::vector<Message> messages;
  for (int time = 0; time < 2; ++time) {
    for (int order = 0; order < orders; ++order) {
      for (int version = 1; version <= kVersions; ++version)
        messages.push_back({.order = order, .version = version});
    }
  }
  std::vector<std::thread> senders;
  for (unsigned sender = 0; sender < 4; ++sender) {
    std::mt19937 random(seed + sender);
    std::shuffle(messages.begin(), messages.end(), random);
    senders.emplace_back([batches = Cut(messages), &deliver] {
      for (const Batch& batch : batches) deliver(batch);
    });
  }
  for (std::thread& sender : senders) sender.join();
}

}  // namespace fsft::test
