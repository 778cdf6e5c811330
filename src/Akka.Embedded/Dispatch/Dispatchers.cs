using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The dispatchers of one actor system by id. Any thread may use it.</summary>
public sealed class Dispatchers
{
    internal const string DefaultDispatcherId = "akka.actor.default-dispatcher";
    internal const string InternalDispatcherId = "akka.actor.internal-dispatcher";

    private readonly ConcurrentDictionary<string, MessageDispatcherConfigurator> _configurators = new();

    internal Dispatchers(Settings settings) => Prerequisites = new DispatcherPrerequisites(settings);

    /// <summary>The part of the actor system that a configurator gets.</summary>
    public IDispatcherPrerequisites Prerequisites { get; }

    /// <summary>
    /// Sets the configurator of an id, which actors then name by <see cref="Props.WithDispatcher"/>. False: the id has one already, by this
    /// method or because an actor uses the configuration's section of this id.
    /// </summary>
    public bool RegisterConfigurator(string id, MessageDispatcherConfigurator configurator) => _configurators.TryAdd(id, configurator);

    /// <exception cref="ConfigurationException">No configurator and no section of the configuration has this id.</exception>
    internal MessageDispatcher Lookup(string? id) =>
        _configurators.GetOrAdd(id is null or "" ? DefaultDispatcherId : id, Make).Dispatcher();

    private EmbeddedConfigurator Make(string id)
    {
        if (id == CallingThreadDispatcher.CallingThreadDispatcherId)
        {
            return new EmbeddedConfigurator(Config.Empty, Prerequisites, configurator => new CallingThreadDispatcher(configurator));
        }

        // The thread pool runs all configured dispatchers. Their types and executors affect performance only, so they are ignored.
        var section = Prerequisites.Settings.Config.GetConfig(id)
            ?? throw new ConfigurationException($"Dispatcher [{id}] is not configured; add a section {id} with a key throughput.");
        var throughput = Math.Max(1, section.GetInt("throughput", 30));
        return new EmbeddedConfigurator(
            section, Prerequisites, configurator => new ThreadPoolDispatcher(configurator) { Throughput = throughput });
    }
}
