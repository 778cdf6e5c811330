using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// A leader that chooses voters by itself keeps the group as safe as before. Each new voter has the entries on disk that the leader had
/// committed a heartbeat before.
/// </summary>
internal sealed class ExchangeChecker(List<SimulatedProcess> processes)
{
    private readonly HashSet<Member> _forgiven = [];

    /// <summary>The disk of this member was lost or replaced by a copy.</summary>
    public void Forgive(Member member) => _forgiven.Add(member);

    public void OnDecided(SimulatedProcess leader, Configuration next)
    {
        foreach (var voter in next.IsJoint ? next.Voters.Except(next.OldVoters) : [])
        {
            // A disk that was lost since may have held them.
            var process = processes.Find(one => one.Member == voter);
            if (process is not null && !_forgiven.Contains(voter) && process.Disk.Log.Last < leader.CommittedBefore)
            {
                throw new Violation(
                    "exchange",
                    $"{leader.Member} lets {voter} vote, which lacks entries up to {leader.CommittedBefore}: {next}");
            }
        }
    }
}
