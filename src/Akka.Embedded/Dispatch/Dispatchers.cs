using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The dispatchers of one actor system by id. An id is the path of a dispatcher's configuration.</summary>
internal sealed class Dispatchers(Settings settings)
{
    public const string DefaultDispatcherId = "akka.actor.default-dispatcher";
    public const string InternalDispatcherId = "akka.actor.internal-dispatcher";

    private readonly ConcurrentDictionary<string, Dispatcher> _dispatchers = new();

    /// <summary>Replaces the configured dispatcher with this id, for actors that are created from now on.</summary>
    public void Register(Dispatcher dispatcher) => _dispatchers[dispatcher.Id] = dispatcher;

    /// <exception cref="ConfigurationException">No section of the configuration has this id.</exception>
    public Dispatcher Lookup(string? id) => _dispatchers.GetOrAdd(id is null or "" ? DefaultDispatcherId : id, Make);

    private Dispatcher Make(string id)
    {
        if (id == CallingThreadDispatcher.CallingThreadDispatcherId)
        {
            return new CallingThreadDispatcher();
        }

        // The thread pool runs all configured dispatchers. Their types and executors affect performance only, so they are ignored.
        var section = settings.Config.GetConfig(id)
            ?? throw new ConfigurationException($"Dispatcher [{id}] is not configured; add a section {id} with a key throughput.");
        return new ThreadPoolDispatcher(id, Math.Max(1, section.GetInt("throughput", 30)));
    }
}
