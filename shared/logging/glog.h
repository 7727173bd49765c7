#pragma once

// The only place that includes glog. Later versions of Abseil define LOG and CHECK too; when we
// move to one, this is the header to change. Product code says Info(), Warning() and Error() of
// logging.h; CHECK is for broken invariants of our own and never for input.
#include <glog/logging.h>
