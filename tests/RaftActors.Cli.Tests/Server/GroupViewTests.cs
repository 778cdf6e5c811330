using RaftActors.Cli.Protocol;
using RaftActors.Cli.Server;

namespace RaftActors.Cli.Tests.Server;

/// <summary>What a server says of itself.</summary>
public sealed class GroupViewTests
{
    [Fact]
    public void Fenced_server_is_told_to_start_as_before_with_its_directory_moved_away()
    {
        Assert.True(ServerSettings.TryMake(":9990,:9991", "9990", null, null, "/data", null, null, false, out var settings, out _));
        var view = new GroupView(settings, DateTimeOffset.UnixEpoch);

        view.Leave("a majority has another log than raft@:9990.", isForGood: true);

        Assert.Equal(ServerStanding.Fenced, view.Standing);
        Assert.Equal(
            $"a majority has another log than :9990. Stop this server, move {settings.Data} away, and start it as before. "
            + "It rejoins by itself while a majority runs without it.",
            view.Note);
    }
}
