namespace RaftActors.Cli.Client.Check;

/// <summary>Checks whether the nodes of a group have one version, the same settings and the same time.</summary>
internal sealed class AgreementCheck(Target target, ImmutableArray<DescriptionSample> samples)
{
    private const string Group = "group";

    // With a larger difference, the log lines of several nodes are hard to put in order.
    private static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(1);

    private IEnumerable<(string Shown, DescriptionSample Sample)> Known =>
        from sample in samples
        where sample.Told is not null
        select (target.Show(sample.Name), sample);

    public IEnumerable<Finding> Findings()
    {
        var silent = samples.Where(sample => sample.Told is null).Select(sample => target.Show(sample.Name)).ToList();
        if (silent.Count > 0)
        {
            yield return Finding.Warn(
                Group,
                $"{string.Join(", ", silent)} told neither version nor settings nor time",
                "If the program there is an earlier one, upgrade it.");
        }

        if (Known.Any())
        {
            yield return Versions();
            foreach (var finding in Builds().Concat(Settings()))
            {
                yield return finding;
            }

            yield return Clocks();
        }
    }

    private Finding Versions() => Differences(told => told.Version) is not { } differences
        ? Finding.Ok(Group, $"the version is {Known.First().Sample.Version}")
        : Finding.Warn(Group, $"versions differ: {differences}", "End the upgrade: give all nodes the newest version, one by one.");

    private IEnumerable<Finding> Builds() =>
        from version in Known.GroupBy(each => each.Sample.LogicVersion)
        let builds = version.GroupBy(each => each.Sample.Build, each => each.Shown).ToList()
        where builds.Count > 1
        select Finding.Ok(
            Group,
            $"logic version {version.Key} runs in several builds: {string.Join("; ", builds.Select(build => string.Join(", ", build)))}. "
                + "Raise LogicVersion if HandleAppend has changed between them");

    private IEnumerable<Finding> Settings()
    {
        var keys = Known.SelectMany(each => each.Sample.Settings).Select(setting => setting.Key).Distinct().ToList();
        var isAlike = true;
        foreach (var key in keys)
        {
            if (Differences(told => told.Told!.GetValueOrDefault(key)) is not { } differences)
            {
                continue;
            }

            isAlike = false;
            yield return Finding.Warn(
                Group, $"{key} differs: {differences}", $"Set {key} to one value on all nodes, and restart them one by one.");
        }

        if (isAlike)
        {
            yield return Finding.Ok(Group, $"{keys.Count} settings are the same on all nodes");
        }
    }

    // The clock of a slow node is known with a large error, which must not hide that two other nodes differ.
    private Finding Clocks()
    {
        var (behind, ahead) = (Known.MinBy(each => each.Sample.ClockAheadMax), Known.MaxBy(each => each.Sample.ClockAheadMin));
        return ahead.Sample.ClockAheadMin - behind.Sample.ClockAheadMax > ClockDifferenceMax
            ? Finding.Warn(
                Group,
                $"the clock of {ahead.Shown} is {Seconds(ahead.Sample.ClockAhead - behind.Sample.ClockAhead)} ahead of that of "
                    + $"{behind.Shown}",
                "Synchronize the clocks, by NTP for instance. Elections do not depend on them, but logs and certificates do.")
            : Finding.Ok(
                Group,
                "the clocks of the nodes differ by at most "
                    + Seconds(Known.Max(each => each.Sample.ClockAheadMax) - Known.Min(each => each.Sample.ClockAheadMin)));
    }

    /// <returns>Each value with the processes that have it, or null if all have the same.</returns>
    private string? Differences(Func<DescriptionSample, string?> valueOf)
    {
        var values = Known.GroupBy(each => valueOf(each.Sample) ?? "unknown", each => each.Shown).ToList();
        return values.Count <= 1 ? null : string.Join("; ", values.Select(value => $"{value.Key} on {string.Join(", ", value)}"));
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.000} s";
}
