using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>The other processes of the group that this one has met: where their engines are, and whether they answer.</summary>
internal sealed class PeerBook(RaftProcess process)
{
    private readonly Dictionary<ProcessName, Known> _known = [];

    /// <summary>The engine, reachable or not; null if the process was never met.</summary>
    public IActorRef? Find(ProcessName name) => _known.GetValueOrDefault(name)?.Engine;

    /// <summary>The engine if, as far as is known, messages get there.</summary>
    public IActorRef? FindReachable(ProcessName name) =>
        _known.GetValueOrDefault(name) is { IsReachable: true } known ? known.Engine : null;

    public Pid ToPid(ProcessName name) =>
        name == process.Pid.Name ? process.Pid : new Pid(name, _known.GetValueOrDefault(name)?.Number ?? 0);

    /// <summary>True if this was news.</summary>
    public bool Learn(ProcessName name, long number, IActorRef engine)
    {
        var known = new Known(number, engine, true);
        if (name == process.Pid.Name || known == _known.GetValueOrDefault(name))
        {
            return false;
        }

        _known[name] = known;
        return true;
    }

    /// <summary>True if this was news: the process is at that node, and has not started again at another one since.</summary>
    public bool Mark(ProcessName name, Address node, bool isReachable)
    {
        if (_known.GetValueOrDefault(name) is not { } known
            || known.IsReachable == isReachable
            || !known.Engine.Path.Address.Equals(node))
        {
            return false;
        }

        _known[name] = known with { IsReachable = isReachable };
        return true;
    }

    private sealed record Known(long Number, IActorRef Engine, bool IsReachable);
}
