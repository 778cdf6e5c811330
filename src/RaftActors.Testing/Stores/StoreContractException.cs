namespace RaftActors.Testing;

/// <summary>A store does not keep the contract. The message says what was expected and what was found.</summary>
public sealed class StoreContractException(string message, Exception? cause = null) : Exception(message, cause)
{
    internal static void Unless(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new StoreContractException(otherwise);
        }
    }
}
