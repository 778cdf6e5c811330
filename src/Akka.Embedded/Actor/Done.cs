namespace Akka;

/// <summary>The result of a task that completes without a value.</summary>
public sealed class Done
{
    public static readonly Done Instance = new();

    private Done()
    {
    }
}
