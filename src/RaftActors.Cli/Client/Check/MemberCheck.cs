using System.Globalization;

namespace RaftActors.Cli.Client.Check;

/// <summary>Judges each process of a group by itself.</summary>
/// <param name="whyUnreached">Why the address of a process cannot be reached; null: that is not known.</param>
internal sealed class MemberCheck(Target target, GroupSample first, GroupSample second, Func<string?, string?> whyUnreached)
{
    // A follower that answers later than this has missed a good part of the default heartbeat interval, 250 ms.
    private static readonly TimeSpan RoundTripMax = TimeSpan.FromMilliseconds(100);

    public IEnumerable<Finding> Findings() => second.Processes.SelectMany(FindingsAbout);

    private IEnumerable<Finding> FindingsAbout(MemberSample sample)
    {
        var shown = target.Show(sample.Name);
        if (sample.Status is not { } status)
        {
            var why = whyUnreached(target.AddressOf(sample.Name, null));
            yield return Finding.Fail(
                shown,
                $"it does not answer{(why is null ? "" : $": {why}")}",
                "If it is down, start it. If it runs, look at its log, and at the network between this machine and its node.");
            yield break;
        }

        Finding[] problems = [.. ProblemsOf(shown, status)];
        foreach (var problem in problems)
        {
            yield return problem;
        }

        var time = string.Create(CultureInfo.InvariantCulture, $"{sample.RoundTrip.TotalMilliseconds:0.0} ms");
        yield return sample.RoundTrip > RoundTripMax
            ? Finding.Warn(
                shown,
                $"{StatusView.RoleOf(status)}, answers after {time}, which is long",
                "Look at the load of its machine, and at the network between this machine and it.")
            : Finding.Ok(shown, $"{StatusView.RoleOf(status)} in term {status.Term}, answers after {time}");
    }

    private IEnumerable<Finding> ProblemsOf(string shown, RaftStatus status)
    {
        switch (status.Standing())
        {
            case Standing.Fenced:
                yield return Finding.Fail(
                    shown,
                    $"{(status.Fence is null ? "its engine has stopped" : "it is fenced")}: {status.Note(target, null)}",
                    status.Fence is null
                        ? "Look at its log and its disk, then restart it."
                        : "Stop it, move its data directory away, and start it as before: it rejoins while a majority runs without it.");
                break;
            case Standing.Founding:
                ProcessName[] members = [.. second.Members.Select(member => member.Name)];
                yield return Finding.Fail(
                    shown,
                    $"it is not in a group yet: it {status.Note(target, members.Cast<ProcessName?>().FirstOrDefault(), members)}",
                    members.Contains(status.Name) ? "Start the others." : "Add it, or stop it.");
                break;
            case Standing.Waiting or Standing.Removed:
                yield return Finding.Warn(
                    shown, $"it is not a member: it {status.Note(target, second.Members.FirstOrDefault()?.Name)}", "Add it, or stop it.");
                break;
        }

        if (status is { IsOpen: false, Failure: null, Fence: null })
        {
            yield return Finding.Warn(shown, "its store is not open yet", "Wait until it has read its log.");
        }

        if (status.NameConflict is { } conflict)
        {
            yield return Finding.Fail(
                shown, $"two processes that run have one name: {target.Show(conflict)}", "Stop one of them, or give it another name.");
        }

        if (status.IsDiskNearlyFull)
        {
            yield return Finding.Fail(
                shown,
                "its disk has less free space than raft.store.free-space-floor, so it does not lead and takes no Appends",
                "Make room on the disk. No restart is needed.");
        }

        if (status.HeldAt is { } held)
        {
            yield return Finding.Fail(
                shown, $"its actor is held at serial {held.Serial}: {held.Error.TrimEnd('.')}",
                "Deploy a program that can apply the pair. The process votes meanwhile, and its actor tries again by itself.");
        }
        else if (status is { IsOpen: true, Actor: null, Failure: null })
        {
            yield return Finding.Fail(
                shown, "it has no actor, so it answers no Query", "Look at its log for the cause, and restart the actor or its node.");
        }

        if (status.Divergence is { } divergence && divergence.Concerns(status.Name))
        {
            yield return Finding.Fail(
                shown,
                $"its actor came to other results than those of other processes, in serials {divergence.Serials.First} to "
                    + $"{divergence.Serials.Last}: {divergence.Describe(target.Show)}",
                "Look for different programs, and for a clock or a random number in HandleAppend. Then start it with an empty store.");
        }

        var unreached = second.Members.Select(member => member.Name)
            .Where(name => name != status.Name && !status.Reachable.Contains(name) && second.StatusOf(name) is not null)
            .Select(name => target.Show(name)).ToList();
        if (unreached.Count > 0 && status.Standing() == Standing.Member)
        {
            yield return Finding.Warn(
                shown,
                $"it does not reach {string.Join(", ", unreached)}, which this program reaches",
                "Look at the network and the firewalls between the two nodes, and at the warnings in their logs.");
        }

        var lag = second.Committed - status.Delivered.Value;
        if (lag > 0 && first.StatusOf(status.Name) is { } before && before.Delivered == status.Delivered
            && first.Committed > status.Delivered.Value)
        {
            yield return Finding.Warn(
                shown, $"it is {lag} pairs behind, and does not move", $"Run 'raft explain {shown}' to see what it waits for.");
        }
    }
}
