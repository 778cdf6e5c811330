namespace RaftActors.Cli.Tests.Application;

/// <summary>The raft actor of a user's application, of which the program knows nothing.</summary>
internal sealed class Orders : RaftActor<string, int>
{
    private int _count;

    protected override int HandleAppend(Entry<string> entry) => ++_count;
}
