#pragma once

/// The public face of Callboard in one include. Pulls in neither CAF nor SOCI
/// nor JSON; for enqueueing inside a transaction of your own, include
/// <soci/soci.h> beside it, for actors as handlers
/// <callboard/actors/handler/actor_handler.hpp>.

#include "actors/client/client.hpp"
#include "actors/client/performer.hpp"
#include "actors/client/remote_client.hpp"
#include "actors/isolation/serve_isolated.hpp"
#include "actors/pipeline/handler.hpp"
#include "actors/pipeline/mux.hpp"
#include "actors/pipeline/observer.hpp"
#include "actors/pipeline/worker_config.hpp"
#include "store/database.hpp"
#include "store/model/new_job.hpp"
#include "store/model/outcome.hpp"
#include "store/schedule/backoff.hpp"
#include "store/schedule/cron.hpp"
