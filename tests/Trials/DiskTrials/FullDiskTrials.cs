using RaftTrials.Trials;

namespace DiskTrials;

/// <summary>A disk that fills up under load, and is extended then.</summary>
internal static class FullDiskTrials
{
    private const int Small = 24;
    private const int Large = 256;

    public static async Task<string> Grown(Trial trial)
    {
        var disk = Group.DiskOf(trial.Work, place: 0);
        trial.MountDisk(disk, Small);
        var group = LoadedGroup.Make(trial);
        await group.StartLoaded(commits: 100);
        var (server, filler, filled) = (group.Servers[0], Path.Combine(disk, "filler"), Stopwatch.GetTimestamp());
        Machine.FillDisk(filler);

        // If this server leads, the group takes no more messages. If it follows, the others go on without it.
        var found = await Poll.Until(
            () => Task.FromResult(group.Book.EndedSince(filled) switch
            {
                var calls when calls.Count(call => call.End == WriteEnd.NotCommitted) > 20 => "as leader it refused messages",
                var calls when calls.Count(call => call.End == WriteEnd.Committed) > 2000 => "the others went on",
                _ => null,
            }),
            () => "the group neither refuses messages nor goes on");
        Machine.Run("mount", "-o", $"remount,size={Large}m", disk);
        File.Delete(filler);
        var hasEnded = !server.IsRunning;
        if (hasEnded)
        {
            server.Start();
        }

        await group.More(200);
        return $"the disk of {server.Id} filled to the last byte: {found}; it was made "
            + $"larger{(hasEnded ? " and the server restarted" : "")}; {await group.Check(group.Servers)}";
    }
}
