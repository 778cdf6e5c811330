using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>Disks that change written entries.</content>
internal sealed partial class Simulation
{
    private readonly DamageBook _damage = new();

    /// <summary>
    /// While a process is stopped, its disk changes the value of a committed pair. All other voters must have the pair on disk.
    /// Otherwise they could take the damaged pair from this process. The damage counts as a lost disk. A group without check-quorum is
    /// spared, because it may keep a damaged leader for ever.
    /// </summary>
    private void Damage(SimulatedProcess victim, Prng prng, long after)
    {
        var (log, first) = (victim.Disk.Log, (victim.Disk.Snapshot?.Snapshot.Position.Index.Value ?? 0) + 1);
        var last = Math.Min(log.Last, _ledger.Count);
        if (first > last || !victim.Options.Variations.CheckQuorum)
        {
            return;
        }

        var index = prng.Between((int)first, (int)last);
        var entry = log[index];
        bool Has(Member member) =>
            member == victim.Member || (HasItsDisk(member) && IsOnDisk(_processes[_numbers[member.Name]], entry));
        if (entry.Payload is not Payload.Pair pair
            || entry.Term == Term.Zero
            || !Same.Entry(entry, _ledger[index])
            || !Configurations().All(one => one.Electorate().All(Has))
            || !MayLoseDisk(victim))
        {
            return;
        }

        Crash(victim);
        var damaged = entry with { Payload = pair with { Value = BitConverter.GetBytes(-NextValue()) } };
        if (victim.Disk.Damage(damaged))
        {
            Note(victim, $"has {damaged} on its disk instead of {entry}");
            _damage.Add(victim, damaged);
        }

        StartLater(victim, after);
    }

    private static bool IsOnDisk(SimulatedProcess process, LogEntry entry)
    {
        var (log, index) = (process.Disk.Log, entry.Index.Value);
        return index <= log.Base.Index.Value || (index <= log.Last && Same.Entry(log[index], entry));
    }
}
