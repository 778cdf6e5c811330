using System.Reflection;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors;

/// <summary>
/// What all raft actors of an actor system share: the defaults, the serializer of the wire, the names, and <c>/system/raft</c>. Comes by
/// itself with the first raft actor; needs nothing in the configuration.
/// </summary>
public sealed class RaftExtension : IExtension
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, ProcessName Name), RaftProcess> _processes = [];
    private readonly ExtendedActorSystem _system;
    private readonly IActorRef _registry;

    internal RaftExtension(ExtendedActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(Reference);
        var serializer = new RaftMessageSerializer(system);
        system.Serialization.AddSerializer("raft", serializer);
        system.Serialization.AddSerializationMap(typeof(WireMessage), serializer);
        _registry = system.SystemActorOf(Props.Create(() => new RaftRegistry()), "raft");
    }

    /// <summary>The defaults: <c>reference.conf</c>.</summary>
    internal static Config Reference { get; } =
        ConfigurationFactory.FromResource("RaftActors.reference.conf", Assembly.GetExecutingAssembly());

    /// <summary>Whom raft actors attach to: <c>/system/raft</c>, or in a test the scripted group that stands for the engines.</summary>
    internal IActorRef Host => ScriptedHost ?? _registry;

    /// <summary>Set by a test before its first raft actor starts. Names and rosters are then not checked.</summary>
    internal IActorRef? ScriptedHost { get; set; }

    internal static RaftExtension Of(ActorSystem system) => system.WithExtension<RaftExtension, RaftExtensionProvider>();

    /// <summary>What an actor goes by.</summary>
    /// <exception cref="RaftConfigurationException">It cannot work so.</exception>
    internal RaftSettings ReadSettings<TValue>(RaftOptions<TValue> options, IActorRef actor)
    {
        var defaultNode = ScriptedHost is null ? null : "node1@scripted";
        var settings = RaftSettings.Read(_system.Settings.Config, options, actor.Path.Name, defaultNode);
        if (ScriptedHost is null)
        {
            settings.Validate();
            ClusterCheck.Demand(_system, settings);
        }

        return settings;
    }

    /// <summary>The process that an actor is: made with its first life, the same for all later ones.</summary>
    internal RaftProcess GetProcess(RaftSettings settings, Func<LogSlice> preload)
    {
        lock (_lock)
        {
            if (!_processes.TryGetValue((settings.Group, settings.Self), out var process))
            {
                process = new RaftProcess(settings, Pid.FirstNumber + _processes.Count, new Incarnation(Guid.NewGuid()), preload());
                _processes.Add((settings.Group, settings.Self), process);
            }

            return process;
        }
    }
}
