namespace RaftActors.Coordination.Tests;

/// <summary>The state of the coordination is that of its plainest form, whatever the log has, over restarts and snapshots.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Any_commands_give_the_answers_the_locks_the_items_and_the_reminders_of_the_model()
    {
        for (var seed = 1; seed <= Share.Of(test: 20, ci: 100, whole: 5000); seed++)
        {
            ModelRun run = new(seed);
            for (var step = 0; step < 400; step++)
            {
                run.Step();
            }
        }
    }
}
