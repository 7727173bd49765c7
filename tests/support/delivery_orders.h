// The ways in which messages between services may arrive: in any order, more than once, several in
// one batch, and from several senders at a time.
#pragma once

#include <functional>
#include <vector>

namespace fsft::test {

// Messages of one batch; each is a pair of an order (0, 1, ...) and a version (1, 2, ...).
struct Message {
  int order = 0;
  int version = 0;
};
using Batch = std::vector<Message>;

// The largest batch that is sent.
inline constexpr int kBatch = 100;

// 120: as many orders as there are permutations of five versions.
inline constexpr int kVersions = 5;
inline constexpr int kPermutations = 120;

// Every permutation of the versions, one for each of kPermutations orders, and all of it twice.
// `together` of an order's messages come in one batch, where a batch has room.
std::vector<Batch> EveryPermutation(int together);

// Lets four threads deliver all versions of so many orders, each twice and in an order of its own,
// which `seed` decides. `deliver` is called by all of them at the same time.
void DeliverFromFourThreads(int orders, unsigned seed,
                            const std::function<void(const Batch&)>& deliver);

}  // namespace fsft::test
