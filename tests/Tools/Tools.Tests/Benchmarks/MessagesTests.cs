namespace RaftActors.Benchmarks.Tests;

public sealed class MessagesTests
{
    [Fact]
    public Task Messages_prints_a_row_for_each_way() => BenchmarkProcess.AssertPrintsAsync(
        "messages --way raft,akka --open 1 --beside 64k --warm-up 0.1 --seconds 0.1 --runs 1",
        "1 open, 64k beside, raft |",
        "1 open, 64k beside, akka |");
}
