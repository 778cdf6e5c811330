namespace RaftActors.Analyzers;

/// <summary>
/// The calls after which the replicas of an actor may differ. The analyzer warns of all of them. RaftActors.Testing compiles this file too,
/// because a simulation names the unseeded calls when two runs of a seed differ.
/// </summary>
internal static class DriftingCalls
{
    private const string All = "*";

    /// <summary>Calls whose results do not depend on the seed of a simulation.</summary>
    private static readonly Dictionary<string, (string Rule, string[] Members)[]> Unseeded = Read(
    [
        ("RAFT001", "System.DateTime", "Now UtcNow Today"),
        ("RAFT001", "System.DateTimeOffset", "Now UtcNow"),
        ("RAFT001", "System.TimeProvider", "System"),
        ("RAFT001", "System.Environment", "TickCount TickCount64"),
        ("RAFT001", "System.Diagnostics.Stopwatch", "GetTimestamp StartNew"),
        ("RAFT002", "System.Guid", "NewGuid CreateVersion7"),
        ("RAFT002", "System.Random", "Shared .ctor()"),
        ("RAFT002", "System.Security.Cryptography.RandomNumberGenerator", "GetInt32 GetBytes GetHexString GetString GetItems Fill Shuffle"),
        ("RAFT003", "System.String", "GetHashCode"),
        ("RAFT003", "System.Object", "GetHashCode"),
        ("RAFT003", "System.HashCode", "Combine ToHashCode"),
        ("RAFT003", "System.Runtime.CompilerServices.RuntimeHelpers", "GetHashCode"),
        ("RAFT004", "System.GC", "CollectionCount GetAllocatedBytesForCurrentThread GetGCMemoryInfo GetTotalAllocatedBytes GetTotalMemory"),
        ("RAFT005", "System.Threading.Tasks.Task", "Run Delay"),
        ("RAFT005", "System.Threading.Tasks.TaskFactory", "StartNew"),
        ("RAFT005", "System.Threading.Tasks.Parallel", All),
        ("RAFT005", "System.Threading.Thread", "Start"),
        ("RAFT005", "System.Threading.ThreadPool", "QueueUserWorkItem UnsafeQueueUserWorkItem"),
    ]);

    private static readonly Dictionary<string, (string Rule, string[] Members)[]> Others = Read(
    [
        ("RAFT001", "System.TimeProvider", "GetUtcNow GetLocalNow GetTimestamp GetElapsedTime LocalTimeZone"),
        ("RAFT001", "System.TimeZoneInfo", "Local"),
        ("RAFT001", "System.DateTime", "ToLocalTime ToUniversalTime"),
        ("RAFT001", "System.DateTimeOffset", "ToLocalTime LocalDateTime"),
        ("RAFT001", "System.Diagnostics.Stopwatch", "Elapsed ElapsedMilliseconds ElapsedTicks GetElapsedTime"),
        ("RAFT001", "Akka.Actor.ITimeProvider", All),
        ("RAFT002", "System.Random", "Next NextInt64 NextDouble NextSingle NextBytes Shuffle GetItems GetString GetHexString"),
        ("RAFT002", "System.IO.Path", "GetRandomFileName GetTempFileName"),
        ("RAFT004", "System.IO.File", All),
        ("RAFT004", "System.IO.Directory", All),
        ("RAFT004", "System.IO.FileInfo", All),
        ("RAFT004", "System.IO.DirectoryInfo", All),
        ("RAFT004", "System.IO.FileSystemInfo", All),
        ("RAFT004", "System.IO.FileStream", All),
        ("RAFT004", "System.IO.Path", "GetTempPath"),
        ("RAFT004", "System.Console", "In Read ReadKey ReadLine"),
        ("RAFT004", "System.Diagnostics.Process", All),
        ("RAFT004", "System.Net.Dns", All),
        ("RAFT004", "System.Environment", "CommandLine CurrentDirectory GetCommandLineArgs GetEnvironmentVariable GetEnvironmentVariables "
            + "GetFolderPath MachineName OSVersion ProcessId ProcessorCount UserName WorkingSet CurrentManagedThreadId"),
        ("RAFT004", "System.Runtime.InteropServices.RuntimeInformation", All),
        ("RAFT004", "System.Threading.Thread", "CurrentThread"),
        ("RAFT004", "Microsoft.Extensions.Configuration.IConfiguration", All),
        ("RAFT004", "Microsoft.Extensions.Configuration.ConfigurationBinder", All),
        ("RAFT004", "Microsoft.Extensions.Options.IOptionsMonitor", "CurrentValue"),
        ("RAFT004", "Akka.Configuration.Config", All),
        ("RAFT005", "System.Threading.Tasks.Task", "Wait WaitAll WaitAny ContinueWith Result"),
        ("RAFT005", "System.Threading.Timer", All),
        ("RAFT005", "Akka.Actor.Futures", "Ask"),
        ("RAFT005", "Akka.Actor.PipeToSupport", "PipeTo"),
        ("RAFT009", "RaftActors.RaftContext", "Append AppendAsync AppendMany AppendManyAsync Get Query QueryAsync"),
        ("RAFT009", "RaftActors.RaftClient", All),
        ("RAFT009", "RaftActors.EntityClient", All),
        ("RAFT009", "System.Net.Http.HttpClient", All),
        ("RAFT009", "System.Net.Http.HttpMessageInvoker", All),
        ("RAFT009", "System.Net.Http.Json.HttpClientJsonExtensions", All),
        ("RAFT009", "System.Net.Mail.SmtpClient", All),
    ]);

    /// <summary>True if the result of a member does not depend on the seed of a simulation.</summary>
    /// <param name="type">The declaring type, with its namespace and without type arguments.</param>
    /// <param name="member">Its name, or <c>.ctor()</c> for a constructor without arguments.</param>
    public static bool IsUnseeded(string type, string member) => Find(Unseeded, type, member) is not null;

    /// <summary>The rule that warns of a member, or null.</summary>
    public static string? RuleOf(string type, string member) => Find(Unseeded, type, member) ?? Find(Others, type, member);

    private static string? Find(Dictionary<string, (string Rule, string[] Members)[]> calls, string type, string member) =>
        calls.TryGetValue(type, out var rows)
            ? rows.FirstOrDefault(row => row.Members[0] == All || row.Members.Contains(member)).Rule
            : null;

    private static Dictionary<string, (string Rule, string[] Members)[]> Read((string Rule, string Type, string Members)[] rows) =>
        rows.GroupBy(row => row.Type).ToDictionary(
            type => type.Key,
            type => type.Select(row => (row.Rule, row.Members.Split(' '))).ToArray());
}
