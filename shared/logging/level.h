#pragma once

namespace fsft::logging {

// Stands alone so that the configuration can name a level without knowing the logger.
enum class Level { kDebug, kInfo, kWarning, kError };

}  // namespace fsft::logging
