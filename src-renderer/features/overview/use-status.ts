import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../api/query-keys.ts';
import { getStatus } from '../../api/requests.ts';

export const useStatus = () => useQuery({ queryKey: queryKeys.status, queryFn: getStatus });
