namespace RaftActors.Cli.Tests.Server;

/// <summary><c>raft server --failure-domain</c>: four servers, three votes.</summary>
public sealed class FailureDomainTests : ServerProgramTest
{
    // By their names, the first three servers would vote.
    private readonly int[] _ports = [.. FreePorts.Take(4).OrderBy(port => $"{port}", StringComparer.Ordinal)];

    [Fact]
    public async Task Only_server_of_its_rack_votes_whatever_its_name()
    {
        // The server of the other rack runs first, so the others meet it before they found the group.
        var last = Start(_ports[3], "rack-2");
        await last.Line("listens on");
        RunningServer[] others = [.. _ports.Take(3).Select(port => Start(port, "rack-1"))];
        await Task.WhenAll(others.Append(last).Select(server => server.Line("the group is founded")));

        var listed = Run.Here("", ["members", "list"], ServerFolder.ListOf(_ports));
        Assert.Equal((0, 3), (listed.Code, listed.Lines.Count(line => line.Contains(" voter"))));
        Assert.Contains(listed.Lines, line => line.StartsWith($":{_ports[3]} ") && line.Contains(" voter"));
    }

    [Theory]
    [InlineData(101, 'x')]
    [InlineData(1, '\n')]
    public void Domain_that_is_too_long_or_has_several_lines_is_refused(int length, char letter)
    {
        var run = Run.Here("server", "-p", "9990", "--failure-domain", new string(letter, length));

        Assert.Equal(2, run.Code);
        Assert.Contains("--failure-domain must be a name of at most 100 characters on one line, such as rack-1.", run.Error);
    }

    private RunningServer Start(int port, string domain) =>
        Folder.Start(ServerFolder.ListOf(_ports), port, "--failure-domain", domain);
}
