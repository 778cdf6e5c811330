namespace RaftActors.Cli.Tests.Application;

/// <summary>The raft actor of a user's application, of which the program knows nothing.</summary>
internal sealed class Orders(RaftOptions<string>? options = null) : RaftActor<string, int>(options)
{
    private int _count;

    protected override int HandleAppend(Entry<string> entry) => ++_count;

    protected override object HandleQuery(object question) => $"{_count} orders";
}
