using System.Globalization;

using Akka.Persistence.Sql;

using Microsoft.Data.Sqlite;

using RaftActors.Benchmarks.Cluster;

namespace RaftActors.Benchmarks.Persist;

/// <summary>Measures persistent actors on each journal in turn, so that a change of the machine's load affects all of them.</summary>
internal static class PersistBenchmark
{
    /// <returns>The exit code: 1 if a write failed.</returns>
    public static async Task<int> RunAsync(PersistArguments arguments, CancellationToken stop)
    {
        var limits = Limits.Measure(arguments.Directory);
        var sql = typeof(SqlPersistence).Assembly.GetName();
        Console.WriteLine($"{ClusterBenchmark.AkkaVersion}, {sql.Name} {sql.Version?.ToString(3)}. {limits}");
        string[] journals = ["raft", .. arguments.Peers];
        var runs = journals.ToDictionary(journal => journal, _ => new List<PersistRun>());
        var progress = new Progress(arguments.Runs * journals.Length);
        for (var run = 0; run < arguments.Runs; run++)
        {
            foreach (var journal in journals)
            {
                var result = await MeasureAsync(arguments, journal, stop);
                runs[journal].Add(result);
                progress.Report(FormattableString.Invariant($"{journal}: {result.Cell.Load}, recovery {result.RecoveryMs:F1} ms"));
            }
        }

        Print(arguments, runs);
        return runs.Values.SelectMany(all => all).Any(run => run.Cell.Load.Failed > 0) ? 1 : 0;
    }

    private static async Task<PersistRun> MeasureAsync(PersistArguments arguments, string journal, CancellationToken stop)
    {
        var folder = Directory.CreateDirectory(Path.Combine(arguments.Directory, $"persist-{Path.GetRandomFileName()}")).FullName;
        var nodes = new List<ChildProcess>();
        try
        {
            await using var postgres = journal == "postgres" ? await PostgresServer.StartAsync($"{folder}/postgres") : null;
            await using var stopping = stop.Register(() => nodes.ForEach(node => node.Kill()));
            try
            {
                var settings = postgres is not null ? [SqlHocon("PostgreSQL.15", postgres.ConnectionString, arguments.Sql)]
                    : journal == "sqlite" ? [SqlHocon("SQLite.MS", CreateSqlite(folder), arguments.Sql)]
                    : RaftHocon(folder);
                nodes.AddRange(settings.Select(hocon => ChildProcess.Start(
                    "dotnet", [typeof(PersistNode).Assembly.Location, PersistNode.Verb, hocon])));
                return await MeasureAsync(arguments, new MeasuredNodes(journal, nodes), nodes);
            }
            catch (TimeoutException) when (stop.IsCancellationRequested)
            {
                throw new OperationCanceledException(stop);
            }
            finally
            {
                nodes.ForEach(node => node.Dispose());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<PersistRun> MeasureAsync(PersistArguments arguments, MeasuredNodes measured, List<ChildProcess> nodes)
    {
        var roles = await Task.WhenAll(nodes.Select(node => measured.LineAsync(node, "role")));
        var loaded = nodes[Math.Max(0, Array.IndexOf(roles, arguments.At == "leader" ? "role leads" : "role follows"))];
        var command = FormattableString.Invariant($"load {arguments.Entities} {arguments.WarmUp} {arguments.Seconds}");
        var cell = await measured.MeasureAsync(loaded, command, arguments.WarmUp + arguments.Seconds);
        loaded.Tell("recover");
        var recovery = double.Parse((await measured.LineAsync(loaded, "recovered")).Split(' ')[1], CultureInfo.InvariantCulture);
        return new PersistRun(cell, recovery, nodes.Sum(node => node.Cost.Megabytes));
    }

    private static string Hocon(string journal, string more) =>
        $$"""
        akka { loglevel = WARNING, stdout-loglevel = ERROR, log-dead-letters = off }
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        akka.persistence.journal.plugin = "akka.persistence.journal.{{journal}}"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.{{journal}}"
        {{more}}
        """;

    private static string[] RaftHocon(string folder)
    {
        var ports = FreePorts.Take(3);
        return [.. ports.Select(port => Hocon("raft",
            $$"""
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
            raft.discovery = node-names
            raft.nodes = [{{string.Join(", ", ports.Select(each => $"\"127.0.0.1:{each}\""))}}]
            raft.store.directory = "{{folder}}/{{port}}"
            """))];
    }

    private static string SqlHocon(string provider, string connection, string journal) => Hocon("sql",
        $$"""
        akka.persistence.journal.sql { connection-string = "{{connection}}", provider-name = "{{provider}}" }
        akka.persistence.snapshot-store.sql { connection-string = "{{connection}}", provider-name = "{{provider}}" }
        akka.persistence.journal.sql { {{journal}} }
        """);

    // The write-ahead log is a property of the file, and needs one sync a commit. All connections have the default of synchronous.
    private static string CreateSqlite(string folder)
    {
        var text = $"Data Source={folder}/events.db";
        using var connection = new SqliteConnection(text);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous";
        using var reader = command.ExecuteReader();
        return reader.NextResult() && reader.Read() && reader.GetInt32(0) == 2
            ? text
            : throw new UsageException("This build of SQLite does not have synchronous=FULL as its default. Use another version of it.");
    }

    private static void Print(PersistArguments arguments, Dictionary<string, List<PersistRun>> runs)
    {
        Console.WriteLine($"\n{arguments.Entities} actors at the {arguments.At}, events of 256 B. Medians of the runs. The server of "
            + "PostgreSQL counts as other cores, and its memory is left out.\n");
        Console.WriteLine("| journal | events/s min / median / max | p50 us | p99 us | recovery of 1,000 events ms | memory MiB "
            + "| other cores | failed |\n|---|---|---|---|---|---|---|---|");
        foreach (var (journal, all) in runs)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"| {journal} | {all.Min(Rate):N0} / {Percentile.Median(all, Rate):N0} / {all.Max(Rate):N0} | ")
                + FormattableString.Invariant($"{Percentile.Median(all, Latency(0)):N0} | {Percentile.Median(all, Latency(1)):N0} | ")
                + FormattableString.Invariant($"{Percentile.Median(all, run => run.RecoveryMs):F1} | ")
                + FormattableString.Invariant($"{Percentile.Median(all, run => run.MemoryMebibytes):F0} | ")
                + FormattableString.Invariant($"{Percentile.Median(all, run => run.Cell.OtherCores):F2} | ")
                + FormattableString.Invariant($"{all.Sum(run => run.Cell.Load.Failed)} |"));
        }

        Console.WriteLine("\nRaftActors / peer within the same run: median (lowest to highest). A rate above 1 is better, others below.\n");
        Console.WriteLine("| peer | events/s | p50 | p99 | recovery | memory |\n|---|---|---|---|---|---|");
        foreach (var (peer, theirs) in runs.Skip(1))
        {
            Func<PersistRun, double>[] figures = [Rate, Latency(0), Latency(1), run => run.RecoveryMs, run => run.MemoryMebibytes];
            Console.WriteLine($"| {peer} | {string.Join(" | ", figures.Select(Ratio))} |");

            string Ratio(Func<PersistRun, double> figure)
            {
                double[] ratios = [.. runs["raft"].Zip(theirs, (our, their) => figure(our) / figure(their))];
                return FormattableString.Invariant($"{Percentile.Median(ratios, one => one):F2} ({ratios.Min():F2} to {ratios.Max():F2})");
            }
        }

        static double Rate(PersistRun run) => run.Cell.Load.OperationsPerSecond;

        static Func<PersistRun, double> Latency(int place) => run => run.Cell.Load.Latencies[place];
    }
}

/// <summary>The figures of one run.</summary>
/// <param name="RecoveryMs">Median of the actors.</param>
/// <param name="MemoryMebibytes">What the nodes have resident at the end.</param>
internal sealed record PersistRun(CellRun Cell, double RecoveryMs, double MemoryMebibytes);
