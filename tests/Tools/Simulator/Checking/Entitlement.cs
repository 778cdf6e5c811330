using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// The incarnations whose votes and disks count. Either a majority of the others in the founding roster has recorded it as the first of
/// its name. Or a committed configuration held it. Any other incarnation may have forgotten a vote of its name.
/// </summary>
internal sealed class Entitlement(Ledger ledger, List<SimulatedProcess> processes, int founders)
{
    private readonly bool[] _hasForgotten = new bool[founders];

    /// <summary>A disk was lost, or is an old copy. Its records still count.</summary>
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
