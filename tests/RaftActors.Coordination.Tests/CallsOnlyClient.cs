namespace RaftActors.Coordination.Tests;

/// <summary>The base of clients for tests. It refuses all that the coordination never calls.</summary>
internal abstract class CallsOnlyClient : RaftClient<Command, Answer>
{
    public override string Group => "coordination";

    public override Task<Outcome<Answer>> AppendManyAsync(
        IReadOnlyCollection<(string Key, Command Value)> pairs,
        TimeSpan? timeout,
        RequestKey? requestKey,
        Serial? ifSerial,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<Outcome<Entry<Command>?>> GetAsync(Serial serial, TimeSpan? timeout, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override IAsyncEnumerable<Entry<Command>> SubscribeAsync(Serial after, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
