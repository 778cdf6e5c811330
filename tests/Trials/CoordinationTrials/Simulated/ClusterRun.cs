using Akka.Actor;

using CoordinationTrials.Faults;
using CoordinationTrials.Node;

namespace CoordinationTrials.Simulated;

/// <summary>One cluster of five nodes in virtual time. The seed decides the faults and the network.</summary>
internal sealed class ClusterRun : FaultyCluster, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(2);

    private readonly Stage _stage;
    private readonly ClusterNode[] _nodes;

    public ClusterRun(int seed)
        : base(Downing.Raft, seed, scale: 1)
    {
        _stage = new(seed);
        _nodes = [.. Enumerable.Range(1, Count).Select(number => new ClusterNode(_stage.World, Register, number))];
    }

    public override IReadOnlyList<FaultyNode> Nodes => _nodes;

    public override TimeSpan Now => _stage.World.Now;

    /// <inheritdoc cref="Stage.Lines"/>
    public IReadOnlyCollection<string> Lines => _stage.Lines;

    protected override TimeSpan JoinTimeout => TimeSpan.FromSeconds(20);

    protected override TimeSpan RecoveryTimeout => TimeSpan.FromMinutes(4);

    public override void Note(string text) => _stage.Note(text);

    /// <summary>Runs the world until it is so. Nodes that were downed end meanwhile.</summary>
    /// <inheritdoc/>
    public override Task Until(Func<bool> isIt, Func<string> problem, TimeSpan? timeout = null)
    {
        for (var end = Now + (timeout ?? UsualTimeout); Now < end;)
        {
            _stage.World.RunUntil(Now + Look);
            foreach (var node in _nodes.Where(each => each.IsRemoved))
            {
                Note($"{node.Address} ends, because it was removed from the cluster");
                node.Kill();
            }

            if (isIt())
            {
                return Task.CompletedTask;
            }
        }

        throw new TrialFailure(problem());
    }

    public void Dispose()
    {
        Array.ForEach(_nodes, node => node.Kill());
        _stage.Dispose();
    }

    protected override void Rule(IReadOnlyCollection<(int From, int To)> cut)
    {
        _stage.Network.MendAll();
        foreach (var (from, to) in cut)
        {
            _stage.Network.Cut(ClusterNode.NameOf(from), ClusterNode.NameOf(to));
        }
    }

    protected override void Start(FaultyNode node)
    {
        // Also if all nodes have ended.
        var founds = !_nodes.Any(each => each.IsInCluster);
        Note($"{node.Address} starts{(founds ? " and founds the cluster" : "")}");
        ((ClusterNode)node).Start(Stage.Config, () => _nodes.FirstOrDefault(each => each.IsUp)?.Cluster?.SelfAddress, founds);
    }
}
