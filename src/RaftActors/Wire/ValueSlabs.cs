using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>The memory for values of the processes of one actor system. Received entries are read into it. Thread-safe.</summary>
internal sealed class ValueSlabs
{
    private static readonly ConditionalWeakTable<ActorSystem, ValueSlabs> OfSystems = [];

    // Weak references, because a process may stop before its actor system does.
    private readonly ConcurrentDictionary<Member, WeakReference<ValueSlab>> _slabs = [];

    public static ValueSlabs Of(ActorSystem system) => OfSystems.GetValue(system, _ => new ValueSlabs());

    public void Add(Member process, ValueSlab slab) => _slabs[process] = new WeakReference<ValueSlab>(slab);

    /// <summary>Returns null if no process of the actor system has this name and incarnation.</summary>
    public ValueSlab? Find(Member process) =>
        _slabs.TryGetValue(process, out var known) && known.TryGetTarget(out var slab) ? slab : null;
}
