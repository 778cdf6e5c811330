using System.Collections.Immutable;
using System.Globalization;

using Akka.Actor;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using RaftActors.Coordination;

namespace RaftActors.Hosting.Backups;

/// <summary>
/// Makes the backups of a plan while the host runs. In each turn it verifies the files in the folder, removes old chains, and makes the
/// backups that are due. The folder alone decides which are due, so any node can take the next turn, also after a crash.
/// </summary>
/// <param name="time">The clock of the application, so that a test can move it.</param>
internal sealed class BackupService(IServiceProvider services, BackupPlan plan, TimeProvider time) : BackgroundService
{
    private const string LockName = "raft-backups";
    private const string LockFile = ".raft-backups.lock";

    // Of a problem that all groups have.
    private const string NoGroup = "*";

    // The next backup replaces the file, and the folders beside it, that a killed program has left.
    private const string Draft = ".raft-backups.unfinished";

    private readonly ILogger _log = services.GetRequiredService<ILoggerFactory>().CreateLogger<BackupService>();
    private readonly DateTimeOffset _begun = time.GetUtcNow();
    private readonly HashSet<PlannedBackup> _verified = [];
    private volatile ImmutableList<GroupBackups> _groups = [];
    private volatile string _problem = "";

    /// <summary>The latest verified backup of each group, by group and folder. Empty before the first turn.</summary>
    public IEnumerable<(string Key, string Text)> Latest => _groups.Select(each => (
        $"{each.Group} in {plan.Folder}",
        each.Latest is { } latest ? $"serial {latest.Serial}, {Text(Age(latest))} old" : "no verified backup"));

    /// <summary>What the health check and <c>raft.problems</c> report. Reads no file.</summary>
    public IEnumerable<(string Group, string Kind, string Text)> FindProblems()
    {
        if (_problem.Length > 0)
        {
            yield return (NoGroup, "BackupFails", _problem);
        }

        // The first turn may hang, as on a share that does not answer.
        foreach (var (group, latest, problem) in _groups is { IsEmpty: false } groups ? groups : [new GroupBackups(NoGroup, null, "")])
        {
            if (problem.Length > 0)
            {
                yield return (group, "BackupFails", problem);
            }

            if (Age(latest) > plan.Limit)
            {
                yield return (group, "BackupLate", latest is null
                    ? $"There is no verified backup of group {group} in {plan.Folder} after {Text(Age(null))}. Read the log."
                    : $"The latest verified backup of group {group} in {plan.Folder} is {Text(Age(latest))} old; the limit is "
                        + $"{Text(plan.Limit)}. Read the log.");
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // As of a projection: the host stops its services one after another, and the actor system of the client may be the first.
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        using var metrics = new ProblemMetrics(() => FindProblems().Select(each => (each.Group, plan.Folder, each.Kind))).Begin();
        try
        {
            TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (lifetime.ApplicationStarted.Register(() => started.TrySetResult()))
            {
                await started.Task.WaitAsync(stop.Token).ConfigureAwait(false);
            }

            while (true)
            {
                // The time of a turn is no part of the pause. A turn that takes longer is followed by one and not by all that were missed.
                var next = Task.Delay(plan.Every, time, stop.Token);
                await TakeTurnAsync(stop.Token).ConfigureAwait(false);
                _log.LogDebug("The turn of the backups in {Folder} has ended.", plan.Folder);
                await next.ConfigureAwait(false);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The host stops. The backup under way has deleted its files. Calls may fail because the actor system stops, too.
        }
    }

    private async Task TakeTurnAsync(CancellationToken stop)
    {
        try
        {
            // An empty folder in place of a share that is not mounted would fill the disk of this node.
            if (!Directory.Exists(plan.Folder))
            {
                throw new DirectoryNotFoundException($"The folder {plan.Folder} does not exist. Create it, or mount its disk.");
            }

            // A node that has waited finds the backups of the other one, if the folder is shared. Otherwise it makes its own.
            await using var held = services.GetService<RaftCoordination>() is { } coordination
                ? await coordination.LockAsync(LockName, 1, plan.Folder, plan.Every, stop).ConfigureAwait(false)
                : null;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, held?.Lost ?? default);
            using var own = TakeFolder();
            var groups = ImmutableList.CreateBuilder<GroupBackups>();
            foreach (var group in plan.Groups ?? await FindGroupsAsync(end.Token).ConfigureAwait(false))
            {
                groups.Add(await BackUpAsync(group, end.Token).ConfigureAwait(false));
            }

            (_groups, _problem) = (groups.ToImmutable(), "");
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            _problem = e is OperationCanceledException ? $"The lock {LockName} was lost during the backup." : e.Message;
            _log.LogError(e, "No backups in {Folder}. {Problem} The next turn tries again, in {Every}.", plan.Folder, _problem, plan.Every);
        }
    }

    private async Task<GroupBackups> BackUpAsync(string group, CancellationToken end)
    {
        List<string> problems = [];
        PlannedBackup? latest = null;
        try
        {
            var chains = await ReadAsync(group, end).ConfigureAwait(false);
            chains = await PruneAsync(chains, end).ConfigureAwait(false);
            problems.AddRange(chains.Select(chain => chain.Problem).OfType<string>());
            latest = chains.FindLast(chain => chain.Problem is null).Chain?.Latest;
            var now = time.GetUtcNow();
            var newest = chains is [.., (var whole, null)] ? whole : null;
            if (newest is null || plan.IsDue(newest.Latest, now))
            {
                var continued = newest is null || plan.IsOver(newest, now) ? null : newest;
                latest = await MakeAsync(group, continued, chains.LastOrDefault().Chain, now, end).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!end.IsCancellationRequested)
        {
            // The cause may be a file that was damaged after it was verified.
            _verified.Clear();
            problems.Add(e.Message);
        }

        foreach (var problem in problems)
        {
            _log.LogWarning("Backups of group {Group} in {Folder}: {Problem}", group, plan.Folder, problem);
        }

        return new GroupBackups(group, latest, string.Join(' ', problems));
    }

    private async Task<List<(BackupChain Chain, string? Problem)>> ReadAsync(string group, CancellationToken end)
    {
        List<(BackupChain, string?)> chains = [];
        foreach (var chain in BackupChain.In(plan.Folder).Where(chain => chain.Group == group))
        {
            chains.Add((chain, await chain.FindProblemAsync(_verified, end).ConfigureAwait(false)));
        }

        return chains;
    }

    // At the beginning of a turn, so that the newer chains are on the disk for long, and the next backup has room.
    private async Task<List<(BackupChain Chain, string? Problem)>> PruneAsync(
        List<(BackupChain Chain, string? Problem)> chains, CancellationToken end)
    {
        if (Old(chains).Any())
        {
            // Disks damage files without a trace in the folder, so the chains that stay are read again before one is removed.
            _verified.Clear();
            chains = await ReadAsync(chains[0].Chain.Group, end).ConfigureAwait(false);
        }

        foreach (var (chain, _) in Old(chains).ToList())
        {
            // The latest file first: after a crash, those that are left can still be restored.
            foreach (var file in chain.Files.Reverse())
            {
                File.Delete(file.Path);
            }

            chains.RemoveAll(each => each.Chain == chain);
            _log.LogInformation(
                "Removed the {Count} backups of group {Group} from {Begun:u} to {At:u}",
                chain.Files.Count, chain.Group, chain.Begun, chain.Latest.At);
        }

        return chains;
    }

    private IEnumerable<(BackupChain Chain, string? Problem)> Old(List<(BackupChain Chain, string? Problem)> chains) =>
        chains.Where((_, i) => chains.Skip(i + 1).Count(newer => newer.Problem is null) >= plan.Keep);

    /// <param name="continued">Null: makes a whole backup.</param>
    /// <param name="before">The newest chain, also if it is damaged.</param>
    private async Task<PlannedBackup> MakeAsync(
        string group, BackupChain? continued, BackupChain? before, DateTimeOffset now, CancellationToken end)
    {
        // A crash leaves a file without the name of a backup.
        var draft = Path.Combine(plan.Folder, Draft);
        File.Delete(draft);
        try
        {
            await using var client = RaftServiceExtensions.ClientsOf(services).CreateClient(group);
            var made = await client.BackupAsync(draft, continued?.Latest.Path, cancellationToken: end).ConfigureAwait(false);
            var path = PlannedBackup.PathOf(
                plan.Folder, group, continued?.Number ?? (before?.Number + 1 ?? 1), continued?.Files.Count ?? 0, now, made.Serial);
            File.Move(draft, path);
            var backup = PlannedBackup.In(plan.Folder).Single(file => file.Path == path);
            _verified.Add(backup);
            _log.LogInformation(
                "Backed up group {Group} up to serial {Serial}: {File}, {Size} bytes", group, made.Serial, path, made.SizeBytes);
            return backup;
        }
        catch (RaftException e) when (continued is not null && !end.IsCancellationRequested)
        {
            // Mostly the group has compacted the pairs after the latest backup, or is another one that was restored.
            _log.LogInformation("A whole backup of group {Group} begins a chain. {Reason}", group, e.Message);
            return await MakeAsync(group, null, before, now, end).ConfigureAwait(false);
        }
    }

    // A latest backup from the future is as far from now as one from the past. Null: the time without a backup.
    private TimeSpan Age(PlannedBackup? latest) => (time.GetUtcNow() - (latest?.At ?? _begun)).Duration();

    private static string Text(TimeSpan span) => TimeSpan.FromSeconds((long)span.TotalSeconds).ToString("c", CultureInfo.InvariantCulture);

    private FileStream TakeFolder()
    {
        try
        {
            return new(Path.Combine(plan.Folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"Cannot take the folder: {e.Message} If it cannot be written, correct its rights. If another node uses it, call "
                + "WithRaftCoordination and AddRaftCoordination on all nodes, or give each node a folder of its own.",
                e);
        }
    }

    private async Task<IReadOnlyList<string>> FindGroupsAsync(CancellationToken end)
    {
        var found = services.GetService<RaftConnection>() is { } connection
            ? (await connection.NodesAsync(cancellationToken: end).ConfigureAwait(false))
                .SelectMany(node => node.Processes).Select(process => process.Group).Distinct()
            : Raft.Get(services.GetRequiredService<ActorSystem>()).Groups;
        return found.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } groups
            ? groups
            : throw new InvalidOperationException("This node has no group to back up. Name the groups to AddRaftBackups.");
    }
}
