using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>Nodes that are lost and repaired, and probes that show when the group commits.</content>
internal sealed partial class Simulation
{
    private static readonly Payload.Pair Probe = new(null, "probe", BitConverter.GetBytes(1L));

    private int _committedBefore;

    /// <summary>The number of intervals between two probes so far.</summary>
    public int Intervals { get; private set; }

    /// <summary>Those in which an entry was committed.</summary>
    public int IntervalsWithCommit { get; private set; }

    /// <summary>Plans the losses of nodes, and a probe in each interval. Called before <see cref="Run"/>.</summary>
    /// <param name="begin">The time of the first probe, in microseconds.</param>
    public void Lose(IEnumerable<NodeLoss> losses, long begin, long interval)
    {
        foreach (var loss in losses)
        {
            var process = _processes[loss.Node];
            After(loss.At, () =>
            {
                Crash(process);
                StartLater(process, loss.Lasts);
            });
        }

        After(begin, () => SendProbe(interval));
    }

    private static bool IsProbe(Payload.Pair pair) => pair.Request is null;

    private void SendProbe(long interval)
    {
        if (TheLeader() is { IsPaused: false } leader)
        {
            Step(leader, new Input.Propose([Probe]) { Now = leader.WallClock(_now) });
        }

        _committedBefore = _ledger.Count;
        if (_now + interval < _plan.FaultsEnd)
        {
            After(interval, () =>
            {
                Intervals++;
                IntervalsWithCommit += _ledger.Count > _committedBefore ? 1 : 0;
                SendProbe(interval);
            });
        }
    }
}
