namespace RaftActors.Benchmarks.Tests;

public sealed class PlanTests
{
    [Fact]
    public Task Plan_prints_each_cell_beside_the_model() => BenchmarkProcess.AssertPrintsAsync(
        "plan --store memory --topology multi --clients 1 --warm-up 1 --seconds 1 --runs 1", "| memory, multi, 1 clients, 256 B, tcp |");

    [Fact]
    public Task Groups_prints_the_memory_of_each_number() =>
        BenchmarkProcess.AssertPrintsAsync("groups --groups 2,4 --settle 1 --seconds 1", "| 2 |", "| 4 |");

    [Fact]
    public Task Layout_prints_the_plan_beside_the_simulation() =>
        BenchmarkProcess.AssertPrintsAsync("layout --groups 20 --nodes 5", "| messages a second | 320 /");
}
