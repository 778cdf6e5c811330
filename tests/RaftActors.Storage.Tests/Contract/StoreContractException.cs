namespace RaftActors.Storage.Tests.Contract;

/// <summary>A store breaks the contract. The message has the expected and the found content.</summary>
internal sealed class StoreContractException(string message, Exception? cause = null) : Exception(message, cause)
{
    internal static void Unless(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new StoreContractException(otherwise);
        }
    }
}
