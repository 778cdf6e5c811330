using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Whose vote and whose disk count: a life that a majority of the others of the founding roster has on disk as the first of its name, or
/// that was in a committed configuration. Any other may have voted before and forgotten it.
/// </summary>
internal sealed class Entitlement(Ledger ledger, List<SimulatedProcess> processes, int founders)
{
    private readonly bool[] _hasForgotten = new bool[founders];

    /// <summary>A disk was lost, or is an old copy; what was recorded there is taken for recorded.</summary>
    public void Forget(int number)
    {
        if (number < founders)
        {
            _hasForgotten[number] = true;
        }
    }

    public bool Has(Member member)
    {
        if (ledger.WasMember(member))
        {
            return true;
        }

        var count = 0;
        for (var number = 0; number < founders; number++)
        {
            var process = processes[number];
            if (process.Name != member.Name)
            {
                count += _hasForgotten[number] || HasRecorded(process, member) ? 1 : 0;
            }
        }

        return count >= QuorumSize.MajorityOf(founders - 1);
    }

    private static bool HasRecorded(SimulatedProcess process, Member member)
    {
        foreach (var record in process.Disk.HardState.Recorded)
        {
            if (record.Member.Name == member.Name)
            {
                return record.Member == member; // The first record of a name is that of its first incarnation.
            }
        }

        return false;
    }
}
