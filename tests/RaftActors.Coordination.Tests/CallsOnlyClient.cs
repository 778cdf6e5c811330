using RaftActors.Coordination.State;
using RaftActors.Wire;

namespace RaftActors.Coordination.Tests;

/// <summary>The base of clients for tests. It refuses all that the coordination never calls.</summary>
internal abstract class CallsOnlyClient : RaftClient<Command, Answer>
{
    public override string Group => "coordination";

    public override Task<Outcome<Entry<Command>?>> GetAsync(Serial serial, TimeSpan? timeout, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override IAsyncEnumerable<Entry<Command>> SubscribeAsync(Serial after, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override Task<GroupStatus> StatusAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<string> ExplainAsync(ProcessName? process, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    internal override Task<Outcome<Membership>> ChangeAsync(
        GroupChange change, TimeSpan? timeout, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<RaftBackup> BackupAsync(
        string path,
        string? continues = null,
        ProcessName? process = null,
        TimeSpan? timeout = null,
        IProgress<RaftBackupProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
